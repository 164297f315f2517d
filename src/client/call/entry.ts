import type { MediaState } from '../../protocol/fields.ts';
import type { OwnKnock } from '../../protocol/knock-events.ts';
import { type ClientErrorCode, ParleyClientError } from '../errors.ts';
import type { Clock } from '../signaling/clock.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { JoinOptions, WaitOptions } from '../types.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { asClientError } from './end-reasons.ts';
import type { PartDeps } from './part.ts';
import { isSame } from './remote-facts.ts';

/** Milliseconds before the next try to enter again, if the server is too busy and names no pause. */
const REJOIN_MS = 2_000;

/** Max time (ms) that `leave` waits for the server. */
const LEAVE_MS = 2_000;

/** Refusals that end the wait for a host; they answer no message. */
const ENDS_WAIT: ReadonlySet<ClientErrorCode> = new Set([
  'knock_refused',
  'room_not_found',
  'room_not_open',
  'banned',
  'forbidden',
]);

interface Profile {
  readonly displayName?: string | undefined;
  readonly userInfo?: unknown;
}

interface EntryDeps extends Pick<PartDeps, 'session'> {
  readonly clock: Clock;
  readonly roomId: string;
  readonly options: JoinOptions;
  /** Returns what this side sends now; the server is told further changes after `room:joined`. */
  readonly takeMedia: () => MediaState;
  /** A host must let this side in. */
  readonly onWaiting: (knock: OwnKnock) => void;
  readonly onRefused: (error: ParleyClientError) => void;
}

/** Asks for entry to the room, again after each lost session, and waits for a host if it has to [KN1]. */
export class Entry {
  readonly #deps: EntryDeps;
  #userInfo: unknown;
  #displayName: string | undefined;
  /** What the server was last told that this side sends. */
  #toldMedia: MediaState | undefined;
  #state: 'outside' | 'waiting' | 'inside' = 'outside';
  /** Whether the server has let this side in, or into the line, before. */
  #wasAccepted = false;
  #cancelRetry: (() => void) | undefined;
  /** Settles `enter`. */
  #entering: { resolve: () => void; reject: (error: ParleyClientError) => void } | undefined;
  #leaving: Promise<void> | undefined;
  #closed = false;

  constructor(deps: EntryDeps) {
    this.#deps = deps;
    this.#userInfo = deps.options.userInfo;
  }

  /** `outside` also while the server has yet to let this side in again. */
  get state(): 'outside' | 'waiting' | 'inside' {
    return this.#state;
  }

  /** Resolves when this side is inside. */
  enter(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#entering = { resolve, reject };
      this.request();
    });
  }

  /** Call it when this side is inside and all of the call knows. */
  settle(): void {
    this.#entering?.resolve();
    this.#entering = undefined;
  }

  request(): void {
    this.#cancelRetry?.();
    this.#state = 'outside';
    const { session, roomId, options, takeMedia } = this.#deps;
    const { password, invite } = options;
    this.#toldMedia = takeMedia();
    session
      .request('room:join', {
        roomId,
        media: this.#toldMedia,
        ...(password === undefined ? {} : { password }),
        ...(invite === undefined ? {} : { invite }),
        ...(this.#userInfo === undefined ? {} : { userInfo: this.#userInfo }),
      })
      .catch((error: unknown) => this.#handleRefusal(asClientError(error)));
  }

  handle(message: ServerMessage): void {
    if (message.event === 'room:joined') {
      this.#state = 'inside';
      this.#wasAccepted = true;
      // A new session begins with the account's name.
      if (this.#displayName !== undefined)
        void this.#tell({ displayName: this.#displayName }).catch(() => {});
    } else if (message.event === 'knock:waiting') {
      this.#state = 'waiting';
      this.#wasAccepted = true;
      this.#deps.onWaiting(message.payload);
    } else if (message.event === 'error' && message.re === undefined && this.#state === 'waiting') {
      const { code, message: text, retryAfterMs } = message.payload;
      if (!ENDS_WAIT.has(code)) return;
      this.#state = 'outside';
      this.#deps.onRefused(new ParleyClientError(code, text, { retryAfterMs }));
    }
  }

  /** Tells the others what this side sends. While this side is outside, its next entry tells it. */
  tellMedia(media: MediaState): void {
    if (this.#state !== 'inside' || isSame(media, this.#toldMedia)) return;
    this.#toldMedia = media;
    // If the session is lost, the next entry tells it.
    this.#deps.session.request('media:state', media).catch(() => {});
  }

  /** Makes the next `tellMedia` tell, whatever was told: a backend has told the others something else [CT1]. */
  forgetMedia(): void {
    this.#toldMedia = undefined;
  }

  /** Changes how the others see this side, also after another entry [RM11]. */
  update(profile: Profile, { signal }: WaitOptions = {}): Promise<void> {
    return unlessAborted(signal, async () => {
      await this.#tell(profile);
      if (profile.displayName !== undefined) this.#displayName = profile.displayName;
      if (profile.userInfo !== undefined) this.#userInfo = profile.userInfo;
    });
  }

  /** Resolves when the server knows that this side has left, or the session is lost; undefined unless `leave` was called. */
  get leaving(): Promise<void> | undefined {
    return this.#leaving;
  }

  /** Leaves the room, or the line before it. Resolves when the server has confirmed it, or after `LEAVE_MS`. */
  async leave(): Promise<void> {
    const { session, clock } = this.#deps;
    this.#leaving = session.request('room:leave', {}).then(
      () => {},
      () => {},
    );
    await Promise.race([this.#leaving, new Promise<void>((resolve) => clock.after(LEAVE_MS, resolve))]);
  }

  /** Asks no more: the call is over. @param error why, unless it was left */
  close(error: ParleyClientError | undefined): void {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#entering?.reject(error ?? new ParleyClientError('closed', 'The call was left before it began.'));
  }

  async #tell({ displayName, userInfo }: Profile): Promise<void> {
    await this.#deps.session.request('peer:update', {
      ...(displayName === undefined ? {} : { displayName }),
      ...(userInfo === undefined ? {} : { userInfo }),
    });
  }

  #handleRefusal(error: ParleyClientError): void {
    // After a lost session, the call asks again.
    if (this.#closed || error.code === 'session_lost') return;
    if (this.#wasAccepted && error.code === 'rate_limited') {
      this.#cancelRetry = this.#deps.clock.after(error.retryAfterMs ?? REJOIN_MS, () => this.request());
    } else this.#deps.onRefused(error);
  }
}
