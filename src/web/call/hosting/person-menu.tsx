import { useSignal } from '@preact/signals';
import type { SendKind } from '../../../client/index.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Menu, MenuCheck, MenuGroup, MenuItem } from '../../components/menu.tsx';
import { isolate } from '../../i18n/isolate.ts';
import { useMessages } from '../../i18n/messages.ts';
import type { PersonView } from '../people.ts';
import type { Hosting } from './hosting-model.ts';

/** What a host can let somebody send, in the order of the menu. */
const KINDS: readonly SendKind[] = ['audio', 'video', 'screen', 'chat'];

interface PersonMenuProps {
  readonly person: PersonView;
  readonly hosting: Hosting;
}

/** What a host can do with one person. Renders nothing for others, and for oneself. */
export function PersonMenu({ person, hosting }: PersonMenuProps) {
  const t = useMessages();
  const words = t.rooms.person;
  const asked = useSignal<'remove' | 'block' | null>(null);
  const wanted = asked.value;
  if (!hosting.isHost.value || person.isSelf) return null;
  const name = isolate(person.name || t.guest);
  const mayRemove = hosting.mayRemove(person);
  const stopAsking = () => {
    asked.value = null;
  };
  return (
    <>
      <Menu label={words.menu(name)} class="person-menu">
        {(close) => {
          const choose = (act: () => unknown) => () => {
            close();
            act();
          };
          return (
            <>
              {!person.muted && (
                <MenuItem icon="micOff" onClick={choose(() => hosting.ask(person, 'audio'))}>
                  {words.mute}
                </MenuItem>
              )}
              {person.camera !== null && (
                <MenuItem icon="cameraOff" onClick={choose(() => hosting.ask(person, 'video'))}>
                  {words.stopCamera}
                </MenuItem>
              )}
              {person.screen !== null && (
                <MenuItem icon="screenOff" onClick={choose(() => hosting.ask(person, 'screen'))}>
                  {words.stopShare}
                </MenuItem>
              )}
              <MenuGroup label={words.may}>
                {KINDS.map((kind) => {
                  const may = person.send.includes(kind);
                  return (
                    <MenuCheck
                      key={kind}
                      checked={may}
                      onClick={() => void hosting.allow(person, kind, !may)}
                    >
                      {words.maySend[kind]}
                    </MenuCheck>
                  );
                })}
              </MenuGroup>
              {mayRemove && (
                <>
                  <MenuItem icon="host" onClick={choose(() => hosting.setHost(person, !person.host))}>
                    {person.host ? words.endHost : words.makeHost}
                  </MenuItem>
                  <MenuItem
                    icon="leave"
                    danger
                    onClick={choose(() => {
                      asked.value = 'remove';
                    })}
                  >
                    {words.remove}
                  </MenuItem>
                  <MenuItem
                    icon="block"
                    danger
                    onClick={choose(() => {
                      asked.value = 'block';
                    })}
                  >
                    {words.block}
                  </MenuItem>
                </>
              )}
            </>
          );
        }}
      </Menu>
      {wanted !== null && (
        <ConfirmDialog
          title={wanted === 'block' ? words.blockAsked(name) : words.removeAsked(name)}
          text={wanted === 'block' ? words.blockText : words.removeText}
          confirm={wanted === 'block' ? words.block : words.remove}
          onClose={stopAsking}
          onConfirm={() => hosting.remove(person, wanted === 'block')}
        />
      )}
    </>
  );
}
