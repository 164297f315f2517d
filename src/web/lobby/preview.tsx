import { Avatar } from '../components/avatar.tsx';
import { Control } from '../components/control.tsx';
import { Icon } from '../components/icon.tsx';
import { VideoTrack } from '../components/video-track.tsx';
import { type Messages, useMessages } from '../i18n/messages.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import { isHeard, type Source } from '../media/devices.ts';

interface PreviewProps {
  readonly devices: DeviceManager;
  readonly name: string;
  /** URL of the person's picture, for while the camera is off; null for none. */
  readonly picture: string | null;
}

/** The self-view before joining, with switches for microphone and camera. */
export function Preview({ devices, name, picture }: PreviewProps) {
  const t = useMessages();
  const camera = devices.camera.value;
  const heard = isHeard(devices.microphone.value);
  // The switch counts as on while the camera starts, so that a click cancels it.
  const on = camera.track !== null || camera.state === 'starting';
  return (
    <div class="preview stage" data-state={camera.state}>
      {camera.track === null ? (
        <div class="no-picture">
          <PicturePlaceholder camera={camera} name={name} picture={picture} />
          <p>{cameraText(camera, t)}</p>
        </div>
      ) : (
        <VideoTrack track={camera.track} mirrored label={t.lobby.preview} />
      )}
      <div class="switches">
        <Control
          icon={heard ? 'mic' : 'micOff'}
          label={heard ? t.call.mute : t.call.unmute}
          off={!heard}
          onClick={() => void devices.setMicrophone(!heard)}
        />
        <Control
          icon={on ? 'camera' : 'cameraOff'}
          label={on ? t.lobby.turnCameraOff : t.lobby.turnCameraOn}
          off={!on}
          onClick={() => void devices.setCamera(!on)}
        />
        {camera.track !== null && devices.facing.value !== null && (
          <Control icon="flip" label={t.call.flipCamera} onClick={() => void devices.flipCamera()} />
        )}
      </div>
    </div>
  );
}

/** Shows initials, or a crossed-out camera if there is no name yet. */
function PicturePlaceholder({ camera, name, picture }: { camera: Source } & Omit<PreviewProps, 'devices'>) {
  if (camera.state === 'starting') return <span class="spinner" />;
  if (name.trim() === '' && picture === null) return <Icon name="cameraOff" />;
  return <Avatar name={name} seed={name} picture={picture} />;
}

/** "Off" means that the person turned the camera off; other causes have their own text. */
function cameraText({ on, state }: Source, t: Messages): string {
  if (state === 'starting') return t.lobby.cameraStarting;
  if (!on) return t.lobby.cameraIsOff;
  switch (state) {
    case 'denied':
      return t.trouble.cameraDenied.title;
    case 'missing':
      return t.trouble.cameraMissing.title;
    case 'busy':
      return t.trouble.cameraBusy.title;
    case 'failed':
      return t.trouble.cameraFailed.title;
    case 'unsuitable':
      return t.trouble.cameraUnsuitable.title;
    case 'insecure':
      return t.trouble.insecure.title;
    default:
      return t.lobby.cameraIsOff;
  }
}
