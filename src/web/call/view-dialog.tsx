import type { Room } from '../../client/index.ts';
import { useMessages } from '../i18n/messages.ts';
import type { AddressChoice } from './address-choice.ts';
import { UPLINK_OPTIONS, type UplinkChoice } from './uplink-choice.ts';
import type { Layout, ViewSettings } from './view-settings.ts';

interface ViewDialogProps {
  readonly view: ViewSettings;
  readonly uplink: Pick<UplinkChoice, 'limit' | 'choose'>;
  readonly address: AddressChoice;
  readonly room: Pick<Room, 'relayOnly'>;
}

/** Lets this person choose how the call is shown to them, and what the others get to see. */
export function ViewDialog({ view, uplink, address, room }: ViewDialogProps) {
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
      <fieldset class="view-choices uplink-choice">
        <legend>{t.quality.sending}</legend>
        {UPLINK_OPTIONS.map((option) => (
          <label key={option} class="check">
            <input
              type="radio"
              name="uplink"
              checked={uplink.limit.value === option}
              onChange={() => uplink.choose(option)}
            />
            <span>
              {t.quality.limits[option].name}
              <span class="soft"> {t.quality.limits[option].text}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {room.relayOnly ? (
        <p class="soft">{t.privacy.roomHides}</p>
      ) : (
        <label class="check">
          <input
            type="checkbox"
            checked={address.hides.value}
            disabled={address.refused.value}
            onChange={(event) => address.choose(event.currentTarget.checked)}
          />
          <span>
            {t.privacy.hide}
            <span class="soft"> {address.refused.value ? t.privacy.noRelay : t.privacy.hideText}</span>
          </span>
        </label>
      )}
    </>
  );
}
