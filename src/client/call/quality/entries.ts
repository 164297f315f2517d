import type * as v from 'valibot';
import { safeParse } from 'valibot';

/** The types of entries that are read in order; others are looked up by id (W3C webrtc-stats, 6.1). */
const GROUPED = new Set(['outbound-rtp', 'remote-inbound-rtp', 'inbound-rtp', 'candidate-pair', 'transport']);

export type Groups = ReadonlyMap<string, readonly unknown[]>;

/** A report's entries by type. One walk through all of them: a phone does this for seven connections each second. */
export function groupByType(report: RTCStatsReport): Groups {
  const groups = new Map<string, unknown[]>();
  report.forEach((entry: unknown) => {
    const type = typeof entry === 'object' && entry !== null && 'type' in entry ? entry.type : undefined;
    if (typeof type !== 'string' || !GROUPED.has(type)) return;
    const group = groups.get(type);
    if (group === undefined) groups.set(type, [entry]);
    else group.push(entry);
  });
  return groups;
}

type Schema<Output> = v.GenericSchema<unknown, Output>;

/** Returns undefined for what isn't as the standard says. */
export function parseEntry<Output>(schema: Schema<Output>, entry: unknown): Output | undefined {
  const read = safeParse(schema, entry);
  return read.success ? read.output : undefined;
}

/** Leaves out what isn't as the standard says. */
export function parseEntries<Output>(schema: Schema<Output>, entries: readonly unknown[] = []): Output[] {
  return entries.flatMap((entry) => parseEntry(schema, entry) ?? []);
}
