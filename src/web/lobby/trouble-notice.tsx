import { Notice } from '../components/notice.tsx';
import { missingInAllow } from '../embed/frame.ts';
import { type Messages, useMessages } from '../i18n/messages.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import { isLacking, type Source, type Trouble } from '../media/devices.ts';
import { TestLink } from './test-link.tsx';

interface TroubleNoticeProps {
  readonly devices: DeviceManager;
  /** Leaves out the advice on how to join without the device. */
  readonly inCall?: boolean;
}

/** Explains what is wrong with camera and microphone, and offers to try again. */
export function TroubleNotice({ devices, inCall = false }: TroubleNoticeProps) {
  const t = useMessages();
  const { camera, microphone } = devices;
  const explanations = troubleExplanations(camera.value, microphone.value, t, inCall, missingInAllow());
  if (explanations.length === 0) return null;
  const retry = () => void devices.start();
  return (
    <>
      {explanations.map(({ title, text }, index) => (
        <Notice key={title} title={title} text={text}>
          {/* One button tries both devices again. */}
          {index === explanations.length - 1 && (
            <div class="next">
              <button type="button" class="button quiet small" onClick={retry}>
                {t.lobby.tryAgain}
              </button>
              {!inCall && <TestLink />}
            </div>
          )}
        </Notice>
      ))}
    </>
  );
}

type Explanation = Messages['trouble']['insecure'];

/**
 * Returns one text per device in trouble, or one for both if they share the cause. In the lobby the last one adds how
 * to join anyway.
 * @param missing words that the `allow` of the page's frame lacks
 */
export function troubleExplanations(
  camera: Source,
  microphone: Source,
  t: Messages,
  inCall: boolean,
  missing: readonly string[] = [],
): Explanation[] {
  const explanations = explanationsOf(camera, microphone, t, missing);
  const instead = inCall ? '' : insteadText(camera, microphone, t);
  if (instead === '') return explanations;
  return explanations.map(({ title, text }, index) =>
    index === explanations.length - 1 ? { title, text: `${text} ${instead}` } : { title, text },
  );
}

function insteadText(camera: Source, microphone: Source, t: Messages): string {
  if (!isLacking(camera)) return '';
  return isLacking(microphone) ? t.instead.watch : t.instead.soundOnly;
}

function explanationsOf(
  camera: Source,
  microphone: Source,
  t: Messages,
  missing: readonly string[],
): Explanation[] {
  const states = [camera, microphone].map(({ on, state }) => (on ? state : 'idle'));
  const withheld = missing.filter((word) => states[word === 'camera' ? 0 : 1] === 'denied');
  if (withheld.length > 0) return [t.trouble.notAllowed(withheld.join('; '))];
  if (states.includes('insecure')) return [t.trouble.insecure];
  if (states.every((state) => state === 'denied')) return [t.trouble.bothDenied];
  if (states.every((state) => state === 'missing')) return [t.trouble.bothMissing];
  return [
    explanationFor(states[0], {
      denied: t.trouble.cameraDenied,
      missing: t.trouble.cameraMissing,
      busy: t.trouble.cameraBusy,
      failed: t.trouble.cameraFailed,
      unsuitable: t.trouble.cameraUnsuitable,
    }),
    explanationFor(states[1], {
      denied: t.trouble.microphoneDenied,
      missing: t.trouble.microphoneMissing,
      busy: t.trouble.microphoneBusy,
      failed: t.trouble.microphoneFailed,
      unsuitable: t.trouble.microphoneUnsuitable,
    }),
  ].filter((each) => each !== null);
}

type ExplainedTrouble = Exclude<Trouble, 'insecure'>;

function explanationFor<T>(
  state: string | undefined,
  explanations: Readonly<Record<ExplainedTrouble, T>>,
): T | null {
  switch (state) {
    case 'denied':
    case 'missing':
    case 'busy':
    case 'failed':
    case 'unsuitable':
      return explanations[state];
    default:
      return null;
  }
}
