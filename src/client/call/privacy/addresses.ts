/**
 * Takes addresses out of descriptions and candidates. Only a relay's own address may stay: all else (host, also by an mDNS name,
 * server reflexive, peer reflexive) says where a person is.
 */

/** Where no address is told: as in `c=` and `o=` lines before a candidate is known (RFC 8840, 4.1.1). */
const NOWHERE = 'IN IP4 0.0.0.0';

/**
 * Whether a candidate is a relay's (RFC 8839, 5.1).
 * @param candidate the value of its candidate attribute, with or without `a=`; an empty one, which says that there are no more,
 *   tells no address
 */
export function isRelayed(candidate: string): boolean {
  return (
    candidate === '' || /^(?:a=)?candidate:\S+ \d+ \S+ \d+ \S+ \d+ typ relay(?: |$)/i.test(candidate.trim())
  );
}

/**
 * Leaves the related address out of a relay's candidate: it is the person's own, as the relay sees it (RFC 8839, 5.1). The
 * field itself must stay.
 */
export function withoutRelated(candidate: string): string {
  return candidate.replace(/ raddr \S+/gi, ' raddr 0.0.0.0').replace(/ rport \S+/gi, ' rport 0');
}

/** Returns a description in which the relays' candidates are the only addresses. */
export function withoutAddresses(sdp: string): string {
  return sdp
    .split(/(?<=\n)/)
    .flatMap((line) => cleaned(line) ?? [])
    .join('');
}

/** Returns undefined for a line that goes out as a whole. */
function cleaned(line: string): string | undefined {
  if (/^a=candidate:/i.test(line)) {
    return isRelayed(line) ? withoutRelated(line) : undefined;
  }
  // It lists the chosen candidates of the other side.
  if (/^a=remote-candidates:/i.test(line)) return undefined;
  // A default candidate's port makes no sense without its address; 0 means that the m-line is off.
  if (/^m=/i.test(line)) return line.replace(/^(m=\S+ )(?!0[ /])\d+/i, '$19');
  if (/^a=rtcp:/i.test(line)) return line.replace(/^a=rtcp:\d+.*?(\r?\n?)$/i, `a=rtcp:9 ${NOWHERE}$1`);
  return line.replace(/\bIN\s+IP[46]\s+[^\s/]+/gi, NOWHERE);
}
