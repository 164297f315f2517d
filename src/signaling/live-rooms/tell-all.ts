import type { ServerEvent, ServerPayload } from '../../protocol/events.ts';
import { payloadText } from '../wire/payload-text.ts';
import type { Participant, Recipient } from './participant.ts';

/** Whose message is answered by what all are told. */
export interface Answer {
  readonly recipient: Pick<Recipient, 'sendText'>;
  readonly re: number | undefined;
}

interface TellOptions {
  /** Default: all hear it. */
  readonly hears?: (participant: Participant) => boolean;
  readonly answer?: Answer | undefined;
}

/**
 * Tells the members of a room, or those who `hears` says, the same. Whoever is answered gets it with `re`, and wherever it
 * is by now.
 * @returns how many characters they were told together
 */
export function tellAll<Event extends ServerEvent>(
  members: readonly Participant[],
  event: Event,
  payload: ServerPayload<Event>,
  { hears, answer }: TellOptions = {},
): number {
  const body = payloadText(event, payload);
  let told = answer === undefined ? 0 : 1;
  for (const member of members) {
    if (member.recipient === answer?.recipient || hears?.(member) === false) continue;
    member.deliverText(event, body);
    told += 1;
  }
  answer?.recipient.sendText(event, body, answer.re);
  return told * (body?.length ?? 0);
}
