import { Icon } from '../components/icon.tsx';
import { useMessages } from '../i18n/messages.ts';
import type { CallModel } from './call-model.ts';

/** Says what to do about this person's own slow line, and how to get back. Has its own row, like a device's trouble. */
export function LineStrip({ call }: { readonly call: CallModel }) {
  const t = useMessages();
  const { advice, uplink } = call;
  const shown = advice.shown.value;
  return (
    <div class="troubles" role="status" aria-live="polite">
      {shown !== null && (
        <p class="trouble" data-advice={shown}>
          <Icon name={shown === 'isSoundOnly' ? 'mic' : 'alert'} />
          <span>{t.quality.advice[shown]}</span>
          {shown === 'soundOnly' && (
            <button type="button" class="button" onClick={uplink.sendSoundOnly}>
              {t.quality.soundOnly}
            </button>
          )}
          {shown === 'isSoundOnly' && (
            <button type="button" class="button" onClick={uplink.sendPictures}>
              {t.quality.sendPictures}
            </button>
          )}
          <button type="button" class="dismiss" aria-label={t.quality.dismiss} onClick={advice.dismiss}>
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}
