import * as v from 'valibot';

const count = v.optional(v.number(), 0);

const StatsEntry = v.looseObject({ type: v.string() });
const Arrivals = v.looseObject({
  packetsReceived: count,
  bytesReceived: count,
  requestsReceived: count,
  responsesReceived: count,
});

/** A count that grows with everything that comes in: media, and the checks that keep an ICE path alive. */
export function countArrivals(report: RTCStatsReport): number {
  let total = 0;
  report.forEach((entry) => {
    if (!isOf(entry, 'inbound-rtp') && !isOf(entry, 'candidate-pair') && !isOf(entry, 'transport')) return;
    const arrivals = v.safeParse(Arrivals, entry);
    if (arrivals.success) {
      const { packetsReceived, bytesReceived, requestsReceived, responsesReceived } = arrivals.output;
      total += packetsReceived + bytesReceived + requestsReceived + responsesReceived;
    }
  });
  return total;
}

function isOf(entry: unknown, type: string): boolean {
  return v.is(StatsEntry, entry) && entry.type === type;
}
