import { Avatar } from '../components/avatar.tsx';
import { Control } from '../components/control.tsx';
import { VideoTrack } from '../components/video-track.tsx';
import { useMessages } from '../i18n/messages.ts';
import { isHeard } from '../media/devices.ts';
import type { LocalMedia } from '../media/local-media.ts';

/** How one will look to the others, and the two switches one wants before going in. */
export function Preview({ media, name }: { media: LocalMedia; name: string }) {
  const t = useMessages();
  const camera = media.camera.value;
  const heard = isHeard(media.microphone.value);
  const words = camera.state === 'starting' ? t.lobby.cameraStarting : t.lobby.cameraIsOff;
  return (
    <div class="preview stage" data-state={camera.state}>
      {camera.track === null ? (
        <div class="no-picture">
          {camera.state === 'starting' ? <span class="spinner" /> : <Avatar name={name} seed={name} />}
          <p>{words}</p>
        </div>
      ) : (
        <VideoTrack track={camera.track} mirrored label={t.lobby.preview} />
      )}
      <div class="switches">
        <Control
          icon={heard ? 'mic' : 'micOff'}
          label={heard ? t.call.mute : t.call.unmute}
          off={!heard}
          onClick={() => void media.setMicrophone(!heard)}
        />
        <Control
          icon={camera.track === null ? 'cameraOff' : 'camera'}
          label={camera.track === null ? t.lobby.turnCameraOn : t.lobby.turnCameraOff}
          off={camera.track === null}
          onClick={() => void media.setCamera(camera.track === null)}
        />
      </div>
    </div>
  );
}
