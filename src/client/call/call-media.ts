import type { MediaState } from '../../protocol/fields.ts';
import type { JoinOptions, MeshEvents, PeerMessage, RemotePeer } from '../types.ts';
import { Codecs } from './codecs/codecs.ts';
import { type CallDeps, createRemoteDeps, type RemoteDeps } from './link.ts';
import { Paths } from './paths.ts';
import { Publishing } from './publishing.ts';
import { CallQuality } from './quality/call-quality.ts';
import type { Remote } from './remote.ts';
import { createSdpRules } from './sdp/rules.ts';
import { Uplink } from './uplink/uplink.ts';

interface CallMediaDeps extends CallDeps {
  readonly remotes: () => readonly Remote[];
  readonly options: JoinOptions;
  readonly onMedia: (media: MediaState) => void;
  readonly onData: (message: PeerMessage) => void;
  readonly emit: { readonly [Name in keyof MeshEvents]: (...values: MeshEvents[Name]) => void };
  readonly onError: (error: unknown, remote?: RemotePeer) => void;
}

/** What a call sends and by which ways, whether it is a room's or between two. */
export class CallMedia {
  readonly own: Publishing;
  readonly paths: Paths;
  readonly uplink: Uplink;
  readonly quality: CallQuality;
  /** How remote peers get their connections. */
  readonly remoteDeps: RemoteDeps;

  /** @throws TypeError if a track is of the wrong kind */
  constructor({ remotes, options, onMedia, emit, codecSupport, ...deps }: CallMediaDeps) {
    const { connections, clock, onError } = deps;
    this.own = new Publishing(
      {
        targets: () => remotes().flatMap(({ target }) => target ?? []),
        onChange: (media) => {
          this.uplink.note();
          onMedia(media);
        },
        onError,
      },
      options,
    );
    const { tracks } = this.own;
    const paths = new Paths({ connections, remotes, options, onError });
    this.paths = paths;
    this.uplink = new Uplink({ clock, remotes, tracks, onChange: emit.uplink }, options);
    this.quality = new CallQuality({
      clock,
      remotes,
      uplink: () => this.uplink.state,
      onReadings: (readings) => this.uplink.readings(readings),
      onLine: emit.line,
    });
    this.remoteDeps = createRemoteDeps({
      ...deps,
      tracks,
      rules: createSdpRules({ hidesOwn: () => paths.hidden, dropsTheirs: () => paths.relayOnly }),
      codecs: new Codecs({ ...codecSupport, people: () => remotes().length + 1 }),
      onAsked: () => this.uplink.note(),
      onConnection: () => this.quality.note(),
      statsOf: (peer) => this.quality.statsOf(peer),
    });
  }

  /** The call is over. */
  end(): void {
    this.own.end();
    this.uplink.stop();
    this.quality.stop();
  }
}
