import { type Check, fail, ok, skip, warn } from '../line.ts';

/** One call of eight takes up to 42 ports. */
export const MIN_PORTS = 100;
/** STUN's code for "Insufficient Capacity" (RFC 8656 §19). */
const INSUFFICIENT_CAPACITY = 508;

/** The ports from which the relay sends media. */
export const portRange: Check = {
  id: 'port_range',
  tried: "count the relay's ports, and take one of them",
  async run({ turn, relay, tryTurn }) {
    const { source } = await turn();
    if (source !== 'embedded')
      return skip(source === 'off' ? 'TURN is off' : 'TURN_URLS names another relay');
    const fault = relay.faults.find((one) => /m(in|ax)-port/.test(one));
    if (fault !== undefined) return fail(fault, 'Correct min-port and max-port in turnserver.conf.');
    const { minPort, maxPort } = relay.conf;
    const range = `UDP ${minPort} to ${maxPort}`;
    const outcomes = await Promise.all([tryTurn('udp'), tryTurn('tcp'), tryTurn('tls')]);
    if (outcomes.some((one) => one.kind === 'refused' && one.code === INSUFFICIENT_CAPACITY)) {
      return fail(
        `no port of ${range} is free`,
        'Stop the program that has them, or set min-port and max-port in turnserver.conf to another range.',
      );
    }
    const count = maxPort - minPort + 1;
    if (count < MIN_PORTS) {
      return warn(
        `${range} are only ${count} ports, enough for ${count} relayed media paths`,
        `Set min-port and max-port in turnserver.conf at least ${MIN_PORTS} apart, and open them in the firewall.`,
      );
    }
    return ok(`${range}: open them in the firewall, which can't be seen from inside`);
  },
};
