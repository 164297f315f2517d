import { Publishing, type TrackTarget } from '../../../src/client/call/publishing.ts';
import type { JoinOptions, TrackKind } from '../../../src/client/types.ts';

/** A peer that is sent tracks or refuses them. */
export class FakeTarget implements TrackTarget {
  readonly sent = new Map<TrackKind, MediaStreamTrack | null>();
  refuses = false;
  waits = false;
  readonly reported: unknown[] = [];
  #waiting: (() => void)[] = [];

  /** Lets the tracks under way arrive. */
  release(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  report(error: unknown): void {
    this.reported.push(error);
  }

  async setTrack(kind: TrackKind, sent: MediaStreamTrack | null): Promise<void> {
    if (this.waits) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    if (this.refuses) throw new Error('InvalidModificationError');
    this.sent.set(kind, sent);
  }
}

/** Publishing to `peers` fake targets; `told`: what the others were told. `failed`: errors that no caller waits for. */
export function publishTo(options: JoinOptions = {}, peers = 2) {
  const targets = Array.from({ length: peers }, () => new FakeTarget());
  const told: unknown[] = [];
  const failed: unknown[] = [];
  const own = new Publishing(
    {
      targets: () => targets,
      onChange: (media) => told.push(media),
      onError: (error) => failed.push(error),
    },
    options,
  );
  own.takeMedia();
  const target = (index: number): FakeTarget => {
    const found = targets[index];
    if (found === undefined) throw new Error(`there is no peer ${index}`);
    return found;
  };
  return { own, target, targets, told, failed };
}
