import type { ResumeToken } from '../../domain/ids.ts';
import type { Clock } from '../../lib/clock.ts';
import { isoTime } from '../../lib/iso-time.ts';
import type { Welcome } from '../../protocol/events.ts';
import { FEATURES } from '../../protocol/features.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Session } from './session.ts';

/** Describes a session to its client [SE1]. */
export type Describe = (session: Session, resumeToken: ResumeToken, resumed: boolean) => Welcome;

/** Returns a function that makes the payload of `welcome`. */
export function createWelcome({ clock, limits }: { clock: Clock; limits: Limits }): Describe {
  const { resumeWindowMs, heartbeatMs, messageBytes, messagesPerSecond, messageBurst } = limits;
  const told = { messageBytes, messagesPerSecond, burst: messageBurst };
  const features = [...FEATURES];
  return ({ peerId, profile, lastId }, resumeToken, resumed) => ({
    protocol: 1,
    peerId,
    user: profile,
    resumeToken,
    resumed,
    lastId,
    resumeWindowMs,
    heartbeatMs,
    limits: told,
    serverTime: isoTime(clock.now()),
    features,
  });
}
