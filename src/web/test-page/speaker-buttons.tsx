import { useTestMessages } from '../i18n/test-messages.ts';
import type { TestModel } from './test-model.ts';

/** Plays the tone, and asks whether it was heard. */
export function SpeakerButtons({ model }: { readonly model: TestModel }) {
  const t = useTestMessages();
  const state = model.speaker.value;
  const asks = state === 'playing' || state === 'asking';
  return (
    <div class="answers">
      <button
        type="button"
        class="button quiet small"
        aria-disabled={state === 'playing'}
        onClick={model.playTone}
      >
        {state === 'playing' ? t.speaker.playing : t.speaker.play}
      </button>
      {asks && (
        <>
          <button type="button" class="button quiet small" onClick={() => model.confirmTone(true)}>
            {t.speaker.heard}
          </button>
          <button type="button" class="button quiet small" onClick={() => model.confirmTone(false)}>
            {t.speaker.silent}
          </button>
        </>
      )}
    </div>
  );
}
