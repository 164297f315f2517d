import { bytesOf } from '../../lib/ascii.ts';
import { JsonScan } from './json-scan.ts';

const BEGINNING = bytesOf('{"event":"session:ack","payload":{"seq":');
const MOST_DIGITS = 15;
const END = bytesOf('}}');

/** All messages go through this one, each to its end before the next. */
const scan = new JsonScan(BEGINNING.length + MOST_DIGITS + END.length);

/**
 * `session:ack` as the SDK writes it. After offers and answers it is what comes most often: every session says it
 * after a few messages, and a while after it joined.
 * @returns the number up to which all was received; undefined for any other message, or one written otherwise
 */
export function readUsualReceipt(bytes: Uint8Array): number | undefined {
  if (!scan.begin(bytes) || !scan.take(BEGINNING)) return undefined;
  const seq = scan.takeCount(MOST_DIGITS);
  return seq > 0 && scan.take(END) && scan.atEnd ? seq : undefined;
}
