import { useId } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import type { DeviceKind } from '../media/devices.ts';
import { Icon } from './icon.tsx';
import { LevelBar } from './level-bar.tsx';

/** Menus of cameras, microphones and, if the browser can switch them, speakers. */
export function DeviceSelects({ devices }: { devices: DeviceManager }) {
  return (
    <div class="devices">
      <DeviceSelect kind="camera" devices={devices} />
      <div class="with-level">
        <DeviceSelect kind="microphone" devices={devices} />
        <LevelBar microphone={devices.microphone} />
      </div>
      {canChooseSpeaker() && <DeviceSelect kind="speaker" devices={devices} />}
    </div>
  );
}

export function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}

function DeviceSelect({ kind, devices }: { kind: DeviceKind; devices: DeviceManager }) {
  const t = useMessages();
  const id = useId();
  const label = t.lobby[kind];
  const found = devices.choices.value[kind].filter((device) => device.id !== 'default');
  // The last used device stays selected while it is off; the menu must not jump.
  const used = kind === 'speaker' ? undefined : devices.used[kind].value;
  const known = (wanted: string | undefined) => found.find((device) => device.id === wanted)?.id;
  const value = known(used) ?? known(devices.chosen[kind].value) ?? '';
  // Choosing a blocked device would do nothing.
  const isBlocked = kind !== 'speaker' && devices[kind].value.state === 'denied';
  const emptyChoice = isBlocked
    ? t.lobby.blocked
    : found.length === 0 && kind !== 'speaker'
      ? t.lobby.none
      : t.lobby.systemDefault;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="select">
        <select
          id={id}
          class="input"
          value={isBlocked ? '' : value}
          disabled={isBlocked || (found.length === 0 && kind !== 'speaker')}
          onChange={(event) => void devices.choose(kind, event.currentTarget.value)}
        >
          {(value === '' || kind === 'speaker' || isBlocked) && <option value="">{emptyChoice}</option>}
          {found.map((device, index) => (
            <option key={device.id} value={device.id}>
              {device.label || t.lobby.nth(label, index + 1)}
            </option>
          ))}
        </select>
        <Icon name="chevron" />
      </div>
    </div>
  );
}
