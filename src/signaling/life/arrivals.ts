import { ParleyError } from '../../domain/errors.ts';
import type { Identity, Profile } from '../../domain/identity.ts';
import type { Ids, UserId } from '../../domain/ids.ts';
import { isGoodIn } from '../../domain/scope.ts';
import type { Clock } from '../../lib/clock.ts';
import { CLOSE } from '../../protocol/codes.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Knocks } from '../live-rooms/knocks.ts';
import type { PeerSocket } from '../session/peer-socket.ts';
import type { Registry } from '../session/registry.ts';
import { opens, peerIdOf, resumeKey, resumeToken } from '../session/resume-token.ts';
import { Session, type SessionContext } from '../session/session.ts';
import { createWelcome, type Describe } from '../session/welcome.ts';
import { frameText } from '../wire/frame-writer.ts';
import { payloadText } from '../wire/payload-text.ts';
import type { Lifecycle } from './lifecycle.ts';

/** The session that a client wants to resume, and the last number that it received in it. */
export interface Resume {
  readonly token: string;
  readonly lastSeq: number;
}

/** A connection whose access token was verified. */
export interface Arrival {
  readonly identity: Identity;
  readonly socket: PeerSocket;
  readonly resume?: Resume | undefined;
}

interface ArrivalsDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: Limits;
  readonly profileOf: (userId: UserId) => Profile;
  readonly registry: Registry;
  readonly lifecycle: Lifecycle;
  readonly knocks: Pick<Knocks, 'of' | 'lists'>;
  readonly context: SessionContext;
}

/** Begins a session for a connection, or resumes one [SE1], [SE3]. */
export class Arrivals {
  readonly #deps: ArrivalsDeps;
  readonly #describe: Describe;
  begun = 0;
  resumed = 0;
  refused = 0;
  /** Of these, because messages were missing [SE4]. */
  tooLate = 0;

  constructor(deps: ArrivalsDeps) {
    this.#deps = deps;
    this.#describe = createWelcome(deps);
  }

  /** @throws ParleyError `too_many_sessions` */
  connect(arrival: Arrival): Session {
    const { resume } = arrival;
    const former = resume && this.#former(arrival, resume.token);
    this.#checkSessionCount(arrival.identity, former);
    if (former === undefined || resume === undefined) return this.#begin(arrival);
    if (former.outbox.canReplayAfter(resume.lastSeq)) return this.#resume(former, arrival, resume);
    // [SE4] Messages are missing: a new session tells the client so, and the old peer is gone.
    this.refused += 1;
    this.tooLate += 1;
    const session = this.#begin(arrival);
    // Last, so that its user isn't offline in between [AC4].
    this.#deps.lifecycle.finish(former, 'timeout', CLOSE.replaced);
    return session;
  }

  /**
   * The session that a resume token opens, if it belongs to the same user. A bad token costs its sender nothing but the
   * session: 256 bits can't be guessed, and a limit per network would refuse the valid tokens of neighbours.
   */
  #former({ identity }: Arrival, token: string): Session | undefined {
    const session = this.#deps.registry.byPeer(peerIdOf(token));
    if (session?.userId === identity.userId && opens(resumeKey(token), session)) {
      // [TK4] A token for one room resumes no session that is in another, or waits for another.
      const roomId = session.participant?.room.roomId ?? this.#deps.knocks.of(session)?.roomId;
      if (roomId === undefined || isGoodIn(identity, roomId)) return session;
    }
    this.refused += 1;
    return undefined;
  }

  #checkSessionCount({ userId }: Identity, former: Session | undefined): void {
    const { sessionsPerUser } = this.#deps.limits;
    const { registry, lifecycle } = this.#deps;
    const all = registry.countOf(userId);
    if (all < sessionsPerUser) return;
    const live = all - lifecycle.suspendedOf(userId) - (former?.isLive ? 1 : 0);
    if (live < sessionsPerUser) return;
    throw new ParleyError(
      'too_many_sessions',
      `You have ${sessionsPerUser} sessions. Close one of them first.`,
      { limit: 'sessions_per_user' },
    );
  }

  #begin({ identity, socket }: Arrival): Session {
    const { registry, context, clock, ids, profileOf } = this.#deps;
    const profile = profileOf(identity.userId);
    const peerId = ids.peerId();
    const token = resumeToken(ids.secret(), peerId);
    const session = new Session(peerId, identity, profile, { state: 'live', socket }, context);
    session.resumeKey = resumeKey(token);
    registry.add(session, clock.now());
    this.begun += 1;
    session.sendFirst(this.#describe(session, token, false));
    return session;
  }

  /** Goes on with a session on another connection [SE3]. */
  #resume(session: Session, { identity, socket }: Arrival, { token, lastSeq }: Resume): Session {
    const { life } = session;
    const profile = this.#deps.profileOf(identity.userId);
    const rights = session.participant?.rights();
    session.goLive(socket);
    // [SE5] Of two live sockets the older one closes.
    if (life.state === 'live') life.socket.close(CLOSE.replaced);
    this.#deps.lifecycle.adopt(session, identity);
    session.profile = profile;
    this.resumed += 1;
    session.previousResumeKey = resumeKey(token);
    const nextToken = resumeToken(this.#deps.ids.secret(), session.peerId);
    session.resumeKey = resumeKey(nextToken);
    const welcome = payloadText('welcome', this.#describe(session, nextToken, true));
    session.outbox.acknowledge(lastSeq);
    // Before the replay: if that is more than the connection takes, the session is suspended again.
    this.#deps.lifecycle.returned(session);
    session.replay([frameText('welcome', undefined, welcome), ...session.outbox.after(lastSeq)]);
    // After the replay, so that the client gets it in order.
    session.participant?.tellRightsSince(rights);
    this.#deps.knocks.lists.tellNewHost(session.participant, rights?.host);
    this.#deps.knocks.lists.returned(session);
    return session;
  }
}
