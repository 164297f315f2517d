import { render } from 'preact';
import { Control } from '../../components/control.tsx';
import { type Messages, MessagesContext, useMessages } from '../../i18n/messages.ts';
import { isHeard } from '../../media/devices.ts';
import type { CallModel } from '../call-model.ts';
import { PeopleStage } from '../people-stage.tsx';
import type { ViewSettings } from '../view-settings.ts';

/** Document Picture-in-Picture (WICG), which TypeScript doesn't know yet. */
interface DocumentPip {
  readonly window: Window | null;
  requestWindow(options: { readonly width: number; readonly height: number }): Promise<Window>;
}

/** Size (px) of the window when it opens: two people in it are as large as they can recognise each other. */
const SIZE = { width: 380, height: 320 };

/** Returns null if the browser lacks it. */
export function documentPip(): DocumentPip | null {
  return 'documentPictureInPicture' in window && isPip(window.documentPictureInPicture)
    ? window.documentPictureInPicture
    : null;
}

function isPip(value: unknown): value is DocumentPip {
  return typeof value === 'object' && value !== null && 'requestWindow' in value;
}

interface PipOptions {
  readonly call: CallModel;
  readonly view: ViewSettings;
  readonly messages: Messages;
  readonly onClosed: () => void;
}

/** Shows the whole call in the small window, until it is closed. Resolves with whether it is open. */
export async function openPipWindow({ call, view, messages, onClosed }: PipOptions): Promise<boolean> {
  const small = await documentPip()?.requestWindow(SIZE);
  if (small === undefined) return false;
  const { document: inner } = small;
  inner.documentElement.lang = messages.lang;
  inner.title = messages.product;
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"], style')) {
    inner.head.append(sheet.cloneNode(true));
  }
  render(
    <MessagesContext.Provider value={messages}>
      <PipView call={call} view={view} />
    </MessagesContext.Provider>,
    inner.body,
  );
  small.addEventListener('pagehide', () => {
    render(null, inner.body);
    onClosed();
  });
  return true;
}

function PipView({ call, view }: Pick<PipOptions, 'call' | 'view'>) {
  const t = useMessages();
  const heard = isHeard(call.devices.microphone.value);
  const seen = call.devices.camera.value.track !== null;
  return (
    <div class="call stage pip">
      <PeopleStage call={call} view={view} link="" onShareLink={() => {}} />
      <nav class="controls" aria-label={t.call.controls}>
        <Control
          icon={heard ? 'mic' : 'micOff'}
          label={heard ? t.call.mute : t.call.unmute}
          off={!heard}
          onClick={call.toggleMicrophone}
        />
        <Control
          icon={seen ? 'camera' : 'cameraOff'}
          label={seen ? t.call.cameraOff : t.call.cameraOn}
          off={!seen}
          onClick={call.toggleCamera}
        />
        <Control icon="leave" label={t.call.leave} tone="leave" onClick={call.leave} />
      </nav>
    </div>
  );
}
