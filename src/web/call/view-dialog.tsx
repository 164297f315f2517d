import { useMessages } from '../i18n/messages.ts';
import type { Layout, ViewSettings } from './view-settings.ts';

/** Lets this person choose how the call is shown to them. */
export function ViewDialog({ view }: { readonly view: ViewSettings }) {
  const t = useMessages();
  const choices: readonly { readonly layout: Layout; readonly name: string; readonly text: string }[] = [
    { layout: 'grid', name: t.talk.grid, text: t.talk.gridText },
    { layout: 'speaker', name: t.talk.speaker, text: t.talk.speakerText },
  ];
  return (
    <>
      <fieldset class="view-choices">
        <legend>{t.talk.layout}</legend>
        {choices.map(({ layout, name, text }) => (
          <label key={layout} class="check">
            <input
              type="radio"
              name="layout"
              checked={view.layout.value === layout}
              onChange={() => view.setLayout(layout)}
            />
            <span>
              {name}
              <span class="soft"> {text}</span>
            </span>
          </label>
        ))}
        <p class="soft">{t.talk.pinText}</p>
      </fieldset>
      <div class="view-self">
        <label class="check">
          <input
            type="checkbox"
            checked={view.hidesSelf.value}
            onChange={(event) => view.setHidesSelf(event.currentTarget.checked)}
          />
          {t.talk.hideSelf}
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={view.mirrors.value}
            onChange={(event) => view.setMirrors(event.currentTarget.checked)}
          />
          <span>
            {t.talk.mirror}
            <span class="soft"> {t.talk.mirrorText}</span>
          </span>
        </label>
      </div>
    </>
  );
}
