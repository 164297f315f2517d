import type { MediaState } from '../../protocol/fields.ts';
import type { Call } from '../types.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { CallMedia } from './call-media.ts';

/** What a room's call and a call between two offer of their media in the same way. */
export abstract class MediaCall {
  readonly setMicrophone: Call['setMicrophone'] = (track) => this.callMedia.own.setMicrophone(track);
  readonly setCamera: Call['setCamera'] = (track) => this.callMedia.own.setCamera(track);
  readonly setMuted: Call['setMuted'] = (muted) => this.callMedia.own.setMuted(muted);
  readonly startScreenShare: Call['startScreenShare'] = (stream) =>
    this.callMedia.own.startScreenShare(stream);
  readonly stopScreenShare: Call['stopScreenShare'] = () => this.callMedia.own.stopScreenShare();
  readonly setUplink: Call['setUplink'] = (limit) => this.callMedia.uplink.setLimit(limit);
  readonly setHideAddress: Call['setHideAddress'] = (hides) => this.callMedia.paths.setHidden(hides);
  readonly stats: Call['stats'] = ({ signal } = {}) =>
    unlessAborted(signal, () => this.callMedia.quality.stats());

  get media(): MediaState {
    return this.callMedia.own.media;
  }
  get muted(): Call['muted'] {
    return this.callMedia.own.muted;
  }
  get uplink(): Call['uplink'] {
    return this.callMedia.uplink.state;
  }
  get line(): Call['line'] {
    return this.callMedia.quality.line;
  }
  get hidesAddress(): Call['hidesAddress'] {
    return this.callMedia.paths.hidesAddress;
  }

  protected abstract get callMedia(): CallMedia;
}
