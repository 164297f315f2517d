import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { type ChatPolicy, LIMITS } from '../../client/index.ts';
import { SelectField } from '../components/select-field.tsx';
import { Switch } from '../components/switch.tsx';
import { TextField } from '../components/text-field.tsx';
import { useMessages } from '../i18n/messages.ts';
import type { RoomValues } from './room-values.ts';

const CHAT_POLICIES: readonly ChatPolicy[] = ['all', 'since_join', 'none', 'off'];

interface RoomFieldsProps {
  /** A signal, not state: Enter changes a number and submits the form before the next render. */
  readonly values: Signal<RoomValues>;
  /** Whether the call has a password already. */
  readonly hasPassword?: boolean;
  /** Whether this person may keep calls; guests may not. */
  readonly canKeep: boolean;
  /** What is wrong with the password; '' if nothing is. */
  readonly problem: Signal<string>;
  readonly passwordInput: RefObject<HTMLInputElement | null>;
}

/** The fields of a call: when it is started, and in its settings. */
export function RoomFields({
  values,
  problem,
  passwordInput,
  canKeep,
  hasPassword = false,
}: RoomFieldsProps) {
  const t = useMessages();
  const words = t.rooms.fields;
  const now = values.value;
  const set = (change: Partial<RoomValues>) => {
    values.value = { ...values.peek(), ...change };
  };
  return (
    <>
      <TextField
        label={t.home.name}
        value={now.name}
        onInput={(name) => set({ name })}
        name="call-name"
        placeholder={t.home.namePlaceholder}
        maxLength={LIMITS.roomName.max}
        autoComplete="off"
      />
      <TextField
        label={hasPassword ? words.passwordNew : t.home.password}
        secret
        value={now.password}
        onInput={(password) => {
          set({ password });
          problem.value = '';
        }}
        name="call-password"
        hint={hasPassword ? words.passwordSet : t.home.passwordHint(LIMITS.password.min)}
        problem={problem.value}
        maxLength={LIMITS.password.max}
        autoComplete="new-password"
        inputRef={passwordInput}
      />
      {hasPassword && (
        <label class="check">
          <input
            type="checkbox"
            checked={now.removesPassword}
            onChange={(event) => set({ removesPassword: event.currentTarget.checked })}
          />
          {words.passwordRemove}
        </label>
      )}
      <MaxField values={values} />
      <SelectField
        label={words.chat}
        name="call-chat"
        value={now.chat}
        choices={CHAT_POLICIES.map((chat) => [chat, words.chatPolicies[chat]])}
        hint={words.chatHints[now.chat]}
        onChange={(chat) => set({ chat })}
      />
      <Switch
        label={words.waitingRoom}
        hint={words.waitingRoomHint}
        on={now.waitingRoom}
        onChange={(waitingRoom) => set({ waitingRoom })}
      />
      <Switch
        label={words.keep}
        hint={canKeep ? words.keepHint : words.keepGuest}
        on={now.persistent}
        disabled={!canKeep}
        onChange={(persistent) => set({ persistent })}
      />
      <Switch
        label={words.relayOnly}
        hint={words.relayOnlyHint}
        on={now.relayOnly}
        onChange={(relayOnly) => set({ relayOnly })}
      />
    </>
  );
}

function MaxField({ values }: Pick<RoomFieldsProps, 'values'>) {
  const t = useMessages();
  const { min, max: most } = LIMITS.people;
  return (
    <div class="field">
      <label for="call-max">{t.home.max}</label>
      <input
        id="call-max"
        class="input"
        type="number"
        inputMode="numeric"
        min={min}
        max={most}
        value={values.value.max}
        aria-describedby="call-max-hint"
        onChange={(event) => {
          const { valueAsNumber } = event.currentTarget;
          const wanted = Number.isNaN(valueAsNumber) ? LIMITS.people.default : Math.round(valueAsNumber);
          const max = Math.min(most, Math.max(min, wanted));
          values.value = { ...values.peek(), max };
          // Without a change of the signal nothing renders, and the field would keep what was typed.
          event.currentTarget.value = String(max);
        }}
      />
      <p class="hint" id="call-max-hint">
        {t.home.maxHint(min, most)}
      </p>
    </div>
  );
}
