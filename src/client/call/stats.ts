import * as v from 'valibot';

const count = v.optional(v.number(), 0);

const StatsEntry = v.looseObject({ type: v.string() });
const Received = v.looseObject({
  packetsReceived: count,
  bytesReceived: count,
  requestsReceived: count,
  responsesReceived: count,
});

/** Counts that grow with what comes in on a connection. */
export interface Arrivals {
  /** Media, messages, and what is reported of them. */
  readonly data: number;
  /** The checks that find an ICE path and keep it alive. */
  readonly checks: number;
}

export function countArrivals(report: RTCStatsReport): Arrivals {
  let [data, checks] = [0, 0];
  report.forEach((entry) => {
    if (!isOf(entry, 'inbound-rtp') && !isOf(entry, 'candidate-pair') && !isOf(entry, 'transport')) return;
    const received = v.safeParse(Received, entry);
    if (!received.success) return;
    const { packetsReceived, bytesReceived, requestsReceived, responsesReceived } = received.output;
    data += packetsReceived + bytesReceived;
    checks += requestsReceived + responsesReceived;
  });
  return { data, checks };
}

function isOf(entry: unknown, type: string): boolean {
  return v.is(StatsEntry, entry) && entry.type === type;
}
