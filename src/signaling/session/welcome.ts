import type { ResumeToken } from '../../domain/ids.ts';
import type { Clock } from '../../lib/clock.ts';
import { isoTime } from '../../lib/iso-time.ts';
import type { Welcome } from '../../protocol/events.ts';
import type { Limits } from '../../protocol/limits.ts';
import { userText } from '../wire/wire-text.ts';
import type { Session } from './session.ts';

/** The payload of a session's welcome [SE1], as JSON text. */
export type WriteWelcome = (session: Session, resumeToken: ResumeToken, resumed: boolean) => string;

/** Ids and tokens have no character that JSON escapes; what is the same for all is written once. */
export function createWelcome({ clock, limits }: { clock: Clock; limits: Limits }): WriteWelcome {
  const { resumeWindowMs, heartbeatMs, messageBytes, messagesPerSecond, messageBurst } = limits;
  const settings: Pick<Welcome, 'resumeWindowMs' | 'heartbeatMs' | 'limits'> = {
    resumeWindowMs,
    heartbeatMs,
    limits: { messageBytes, messagesPerSecond, burst: messageBurst },
  };
  const sameForAll = JSON.stringify(settings).slice(1, -1);
  return ({ peerId, profile, lastId }, resumeToken, resumed) =>
    `{"protocol":1,"peerId":"${peerId}","user":${userText(profile)},` +
    `"resumeToken":"${resumeToken}","resumed":${resumed},"lastId":${lastId},${sameForAll},` +
    `"serverTime":"${isoTime(clock.now())}"}`;
}
