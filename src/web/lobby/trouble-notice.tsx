import { Notice } from '../components/notice.tsx';
import { type Messages, useMessages } from '../i18n/messages.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import { isLacking, type Source } from '../media/devices.ts';

interface TroubleNoticeProps {
  readonly devices: DeviceManager;
  /** Leaves out the advice on how to join without the device. */
  readonly inCall?: boolean;
}

/** Explains what is wrong with camera and microphone, and offers to try again. */
export function TroubleNotice({ devices, inCall = false }: TroubleNoticeProps) {
  const t = useMessages();
  const words = troubleText(devices.camera.value, devices.microphone.value, t, inCall);
  if (words.length === 0) return null;
  const retry = () => void devices.start();
  return (
    <>
      {words.map(({ title, text }, index) => (
        <Notice key={title} title={title} text={text}>
          {/* One button tries both devices again. */}
          {index === words.length - 1 && (
            <button type="button" class="button quiet small" onClick={retry}>
              {t.lobby.tryAgain}
            </button>
          )}
        </Notice>
      ))}
    </>
  );
}

type Words = Messages['trouble']['insecure'];

/**
 * Returns one text per device in trouble, or one for both if they share the cause. In the lobby the last one adds how
 * to join anyway.
 */
export function troubleText(camera: Source, microphone: Source, t: Messages, inCall: boolean): Words[] {
  const words = troublesOf(camera, microphone, t);
  const instead = inCall ? '' : insteadText(camera, microphone, t);
  if (instead === '') return words;
  return words.map(({ title, text }, index) =>
    index === words.length - 1 ? { title, text: `${text} ${instead}` } : { title, text },
  );
}

function insteadText(camera: Source, microphone: Source, t: Messages): string {
  if (!isLacking(camera)) return '';
  return isLacking(microphone) ? t.instead.watch : t.instead.soundOnly;
}

function troublesOf(camera: Source, microphone: Source, t: Messages): Words[] {
  const states = [camera, microphone].map(({ on, state }) => (on ? state : 'idle'));
  if (states.includes('insecure')) return [t.trouble.insecure];
  if (states.every((state) => state === 'denied')) return [t.trouble.bothDenied];
  if (states.every((state) => state === 'missing')) return [t.trouble.bothMissing];
  return [
    wordOf(states[0], {
      denied: t.trouble.cameraDenied,
      missing: t.trouble.cameraMissing,
      busy: t.trouble.cameraBusy,
      failed: t.trouble.cameraFailed,
      unsuitable: t.trouble.cameraUnsuitable,
    }),
    wordOf(states[1], {
      denied: t.trouble.microphoneDenied,
      missing: t.trouble.microphoneMissing,
      busy: t.trouble.microphoneBusy,
      failed: t.trouble.microphoneFailed,
      unsuitable: t.trouble.microphoneUnsuitable,
    }),
  ].filter((word) => word !== null);
}

type Told = 'denied' | 'missing' | 'busy' | 'failed' | 'unsuitable';

function wordOf<T>(state: string | undefined, words: Readonly<Record<Told, T>>): T | null {
  switch (state) {
    case 'denied':
    case 'missing':
    case 'busy':
    case 'failed':
    case 'unsuitable':
      return words[state];
    default:
      return null;
  }
}
