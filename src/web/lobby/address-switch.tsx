import { useSignal } from '@preact/signals';
import type { Room } from '../../client/index.ts';
import { rememberHiding, remembersHiding } from '../call/address-choice.ts';
import { Switch } from '../components/switch.tsx';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';

/** Lets the person hide its address, and says what that costs; or says that this room hides everybody's. */
export function AddressSwitch({ room }: { readonly room: Room }) {
  const t = useMessages();
  const { prefs } = usePage();
  const hides = useSignal(remembersHiding(prefs));
  if (room.relayOnly) return <p class="soft address-note">{t.privacy.roomHides}</p>;
  return (
    <Switch
      label={t.privacy.hide}
      hint={t.privacy.hideText}
      on={hides.value}
      onChange={(next) => {
        rememberHiding(prefs, next);
        hides.value = next;
      }}
    />
  );
}
