import * as v from 'valibot';
import { ParleyClientError } from '../errors.ts';
import { byteLengthExceeds } from '../signaling/requests.ts';

/** Bytes of a message between peers, as JSON in UTF-8: what every browser sends in one piece (RFC 8831, 6.6). */
export const DATA_BYTES = 16_384;
/** Characters (UTF-16 code units) of a topic. */
export const TOPIC_CHARACTERS = 64;

const Frame = v.object({
  topic: v.pipe(v.string(), v.minLength(1), v.maxLength(TOPIC_CHARACTERS)),
  data: v.optional(v.unknown()),
});
export type DataFrame = v.InferOutput<typeof Frame>;

/**
 * The text of a message between peers.
 * @throws ParleyClientError `invalid_message` if the topic has the wrong length, `too_large` above `DATA_BYTES`
 * @throws TypeError if `data` is no JSON
 */
export function writeData(topic: string, data: unknown): string {
  const frame = JSON.stringify({ topic, data });
  if (!v.is(Frame, { topic })) {
    throw new ParleyClientError(
      'invalid_message',
      `A topic has 1 to ${TOPIC_CHARACTERS} characters; choose another one.`,
    );
  }
  if (!byteLengthExceeds(frame, DATA_BYTES)) return frame;
  const problem = `This message is larger than ${DATA_BYTES} bytes as JSON; send it in parts.`;
  throw new ParleyClientError('too_large', problem);
}

/** Reads what came from a peer. Returns undefined if it is no message, or a longer one than `writeData` makes. */
export function readData(frame: unknown): DataFrame | undefined {
  if (typeof frame !== 'string' || byteLengthExceeds(frame, DATA_BYTES)) return undefined;
  try {
    const parsed = v.safeParse(Frame, JSON.parse(frame));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
