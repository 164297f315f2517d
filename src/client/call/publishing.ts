import type { MediaState } from '../../protocol/fields.ts';
import type { SendKind } from '../../protocol/room-fields.ts';
import { ParleyClientError } from '../errors.ts';
import type { Call, JoinOptions, Muted, TrackKind } from '../types.ts';
import { type LocalTracks, PublishedTracks } from './published-tracks.ts';
import { RIGHT_OF } from './rights.ts';

/** A peer's connection, as publishing sees it. */
export interface TrackTarget {
  /** Rejects if the track can't be sent; the previous track continues then. */
  setTrack(kind: TrackKind, track: MediaStreamTrack | null): Promise<void>;
  /** Reports an error that concerns only this peer. */
  report(error: unknown): void;
}

interface PublishingDeps {
  readonly targets: () => readonly TrackTarget[];
  /** What this side sends has changed. */
  readonly onChange: (media: MediaState) => void;
  /** Something failed that no caller waits for. */
  readonly onError: (error: unknown) => void;
}

type Change = readonly [kind: TrackKind, track: MediaStreamTrack | null];

interface Failure {
  readonly target: TrackTarget;
  readonly reason: unknown;
}

interface Delivery {
  /** The number of peers that are sent the tracks. */
  readonly sent: number;
  readonly failures: readonly Failure[];
}

const NAMES: Readonly<Record<TrackKind, string>> = {
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen',
  screenAudio: 'screen',
};

/** Sends this side's tracks to every peer, and reports exactly which peers are sent them. */
export class Publishing {
  readonly #deps: PublishingDeps;
  readonly #local = new PublishedTracks(
    (kind) => this.#handleEnd(kind),
    () => this.publish(),
  );
  #over = false;

  constructor(deps: PublishingDeps, { microphone, camera, muted }: JoinOptions) {
    this.#deps = deps;
    this.#local.set('microphone', ofKind('audio', microphone ?? null));
    this.#local.set('camera', ofKind('video', camera ?? null));
    // Joining can mute, never unmute: a track that was given disabled stays so.
    if (muted?.audio === true) this.#local.mute({ audio: true });
    if (muted?.video === true) this.#local.mute({ video: true });
  }

  get tracks(): LocalTracks {
    return this.#local.tracks;
  }

  get media(): MediaState {
    return this.#local.state;
  }

  get muted(): Call['muted'] {
    return this.#local.muted;
  }

  /** Sends only what this side may send from now on [RM6]. */
  permit(rights: readonly SendKind[]): void {
    const changed = this.#local.permit(rights);
    this.publish();
    if (changed.includes('screen') && this.#local.given('screen') !== null) {
      this.endScreenShare();
    }
    const others = changed.filter((kind) => RIGHT_OF[kind] !== 'screen');
    void this.#send(others).then(({ failures }) => {
      for (const { target, reason } of failures) target.report(reason);
    });
  }

  /** Returns what to tell the server on entry; `publish` tells further changes. */
  takeMedia(): MediaState {
    this.#local.takeChange();
    return this.#local.state;
  }

  /** Tells the others if what this side sends has changed. */
  publish(): void {
    const media = this.#local.takeChange();
    if (media !== undefined) this.#deps.onChange(media);
  }

  async setMicrophone(track: MediaStreamTrack | null): Promise<void> {
    await this.#replace(['microphone', ofKind('audio', track)]);
  }

  async setCamera(track: MediaStreamTrack | null): Promise<void> {
    await this.#replace(['camera', ofKind('video', track)]);
  }

  setMuted(muted: Muted): void {
    this.#local.mute(muted);
    this.publish();
  }

  async startScreenShare(stream: MediaStream): Promise<void> {
    const [video] = stream.getVideoTracks();
    const [audio = null] = stream.getAudioTracks();
    if (video === undefined || this.#over || !this.#local.permits('screen')) {
      stop(stream.getTracks());
      if (this.#over) throw closed();
      if (video !== undefined)
        throw new ParleyClientError('forbidden', 'A host limits what you send: no screen.');
      throw new TypeError('The stream of a screen share needs a video track.');
    }
    if (video.readyState === 'ended') {
      // It was stopped in the browser's own bar before it got here: the share is over already.
      stop(stream.getTracks());
      return;
    }
    const before = [this.tracks.get('screen'), this.tracks.get('screenAudio')];
    stop(before.filter((track) => track !== undefined && track !== video && track !== audio));
    const { sent, failures } = await this.#deliver([
      ['screen', video],
      ['screenAudio', audio],
    ]);
    if (this.#over) throw closed();
    if (failures.length === 0) return;
    if (sent > 0) {
      // The share has started and the caller must be able to stop it, so this doesn't reject.
      for (const { target, reason } of failures) target.report(undelivered('screen', sent, [reason]));
      return;
    }
    if (this.tracks.get('screen') === video) await this.stopScreenShare().catch(() => {});
    stop(stream.getTracks());
    throw undelivered('screen', sent, reasonsOf(failures));
  }

  /** As `stopScreenShare`, if no caller waits for it. */
  endScreenShare(): void {
    this.stopScreenShare().catch(this.#deps.onError);
  }

  async stopScreenShare(): Promise<void> {
    this.#local.stopScreen();
    if (this.#over || (this.#local.given('screen') ?? this.#local.given('screenAudio')) === null) return;
    const { sent, failures } = await this.#deliver([
      ['screen', null],
      ['screenAudio', null],
    ]);
    if (failures.length > 0) throw undelivered('screen', sent, reasonsOf(failures));
  }

  /** Stops the screen capture, and gives the other tracks back to the caller as they are. */
  end(): void {
    this.#over = true;
    this.#local.stopScreen();
    this.#local.release();
  }

  async #replace([kind, track]: Change): Promise<void> {
    if (this.#over && track !== null) throw closed();
    if (this.#over) return;
    const before = this.#local.given(kind);
    const { sent, failures } = await this.#deliver([[kind, track]]);
    if (this.#over && track !== null) throw closed();
    if (failures.length === 0) return;
    // No peer got it: everybody is sent the one before, unless a later call has set another.
    if (sent === 0 && !this.#over && this.#local.given(kind) === track) {
      this.#local.restore(kind, track, before);
      this.publish();
    }
    throw undelivered(kind, sent, reasonsOf(failures));
  }

  /** Sends tracks to every peer and waits for all of them, even if one fails. */
  #deliver(changes: readonly Change[]): Promise<Delivery> {
    for (const [kind, track] of changes) this.#local.set(kind, track);
    this.publish();
    return this.#send(changes.map(([kind]) => kind));
  }

  async #send(kinds: readonly TrackKind[]): Promise<Delivery> {
    const targets = this.#deps.targets();
    const failures: Failure[] = [];
    await Promise.all(
      targets.map((target) =>
        Promise.all(kinds.map((kind) => target.setTrack(kind, this.tracks.get(kind) ?? null))).catch(
          (reason: unknown) => {
            failures.push({ target, reason });
          },
        ),
      ),
    );
    return { sent: targets.length - failures.length, failures };
  }

  #handleEnd(kind: TrackKind): void {
    if (kind === 'screen') this.endScreenShare();
    else this.publish();
  }
}

function stop(tracks: readonly (MediaStreamTrack | undefined)[]): void {
  for (const track of tracks) track?.stop();
}

function ofKind(kind: 'audio' | 'video', track: MediaStreamTrack | null): MediaStreamTrack | null {
  if (track !== null && track.kind !== kind) {
    throw new TypeError(`Expected a track of kind ${kind}, got one of kind ${track.kind}.`);
  }
  return track;
}

function closed(): ParleyClientError {
  return new ParleyClientError('closed', 'The call is over; join again to send anything.');
}

function reasonsOf(failures: readonly Failure[]): unknown[] {
  return failures.map(({ reason }) => reason);
}

function undelivered(kind: TrackKind, sent: number, reasons: readonly unknown[]): ParleyClientError {
  const [first] = reasons;
  const why = first instanceof Error ? first.message : String(first);
  const peers = sent + reasons.length;
  return new ParleyClientError(
    'media_failed',
    `The ${NAMES[kind]} could not be sent to ${reasons.length} of ${peers} ${peers === 1 ? 'peer' : 'peers'}: ${why}`,
    { cause: reasons.length === 1 ? first : new AggregateError(reasons) },
  );
}
