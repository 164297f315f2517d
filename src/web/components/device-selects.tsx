import { useId } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';
import type { LocalMedia } from '../media/device-manager.ts';
import type { DeviceKind } from '../media/devices.ts';
import { Icon } from './icon.tsx';
import { LevelBar } from './level-bar.tsx';

/** Menus of cameras, microphones and, where the browser can choose them, speakers. */
export function DeviceSelects({ media }: { media: LocalMedia }) {
  return (
    <div class="devices">
      <DeviceSelect kind="camera" media={media} />
      <div class="with-level">
        <DeviceSelect kind="microphone" media={media} />
        <LevelBar microphone={media.microphone} />
      </div>
      {canChooseSpeaker() && <DeviceSelect kind="speaker" media={media} />}
    </div>
  );
}

export function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}

function DeviceSelect({ kind, media }: { kind: DeviceKind; media: LocalMedia }) {
  const t = useMessages();
  const id = useId();
  const label = t.lobby[kind];
  const found = media.choices.value[kind].filter((device) => device.id !== 'default');
  // Also while it is off: the menu must not jump to another device.
  const used = kind === 'speaker' ? undefined : media.used[kind].value;
  const known = (wanted: string | undefined) => found.find((device) => device.id === wanted)?.id;
  const value = known(used) ?? known(media.chosen[kind].value) ?? '';
  // A blocked device can't be chosen: its menu would do nothing.
  const isBlocked = kind !== 'speaker' && media[kind].value.state === 'denied';
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
          onChange={(event) => void media.choose(kind, event.currentTarget.value)}
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
