import { useSignal } from '@preact/signals';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Switch } from '../../components/switch.tsx';
import { useMessages } from '../../i18n/messages.ts';
import type { CallModel } from '../call-model.ts';
import type { Panel } from '../control-bar.tsx';

interface HostToolsProps {
  readonly call: CallModel;
  readonly onPanel: (panel: Panel) => void;
}

/** What a host does with the whole call, at the end of the people panel. */
export function HostTools({ call, onPanel }: HostToolsProps) {
  const t = useMessages();
  const words = t.rooms.all;
  const { hosting } = call;
  const room = call.room.value;
  const asked = useSignal(false);
  if (!hosting.isHost.value) return null;
  return (
    <section class="host-tools" aria-labelledby="host-tools-title">
      <h2 id="host-tools-title">{words.title}</h2>
      <Switch label={words.lock} hint={words.lockHint} on={room.locked} onChange={hosting.lock} />
      <Switch
        label={words.waitingRoom}
        hint={words.waitingRoomHint}
        on={room.waitingRoom}
        onChange={hosting.setWaitingRoom}
      />
      <div class="tool-buttons">
        <button
          type="button"
          class="button quiet"
          disabled={call.others.value.length === 0}
          onClick={() => void hosting.muteAll()}
        >
          <Icon name="micOff" />
          {words.mute}
        </button>
        {(
          [
            ['invitations', 'link', t.rooms.invitations.title],
            ['bans', 'block', t.rooms.bans.title],
            ['settings', 'devices', words.settings],
          ] as const
        ).map(([panel, icon, text]) => (
          <button key={panel} type="button" class="button quiet" onClick={() => onPanel(panel)}>
            <Icon name={icon} />
            {text}
          </button>
        ))}
        <button
          type="button"
          class="button quiet danger"
          onClick={() => {
            asked.value = true;
          }}
        >
          <Icon name="leave" />
          {words.end}
        </button>
      </div>
      {asked.value && (
        <ConfirmDialog
          title={words.endAsked}
          text={words.endText}
          confirm={words.endConfirm}
          onClose={() => {
            asked.value = false;
          }}
          onConfirm={hosting.end}
        />
      )}
    </section>
  );
}
