import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { LIMITS, type Room } from '../../client/index.ts';
import { AccountCorner } from '../components/account-corner.tsx';
import { DeviceSelects } from '../components/device-selects.tsx';
import { Icon } from '../components/icon.tsx';
import { Logo } from '../components/logo.tsx';
import { FailureNotice } from '../components/notice.tsx';
import { TextField } from '../components/text-field.tsx';
import type { Failure } from '../failure.ts';
import { type Messages, useMessages } from '../i18n/messages.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import { isLacking } from '../media/devices.ts';
import { usePage } from '../page-context.ts';
import type { JoinInput } from '../room-model-types.ts';
import { useViewHeading } from '../use-view-heading.ts';
import { AddressSwitch } from './address-switch.tsx';
import { ConnectionLine } from './connection-line.tsx';
import { Preview } from './preview.tsx';
import { TroubleNotice } from './trouble-notice.tsx';

interface LobbyProps {
  readonly room: Room;
  readonly devices: DeviceManager;
  readonly failure: Failure | null;
  readonly joining: boolean;
  readonly reopened: boolean;
  readonly onWatchRoom: () => () => void;
  /** Initial values of the form: the last name used, and the password of a call created here. */
  readonly input: JoinInput;
  /** An invitation replaces the password. */
  readonly invited: boolean;
  readonly onJoin: (input: JoinInput) => void;
  readonly onHome: (() => void) | undefined;
}

/** Failures that the password field shows. */
const ABOUT_PASSWORD: ReadonlySet<string> = new Set(['password_required', 'wrong_password']);

export function Lobby({ room, devices, failure, joining, reopened, input, invited, ...on }: LobbyProps) {
  const { onJoin, onHome, onWatchRoom } = on;
  const t = useMessages();
  const { login } = usePage();
  const provider = login.providerFailure.value;
  const heading = useViewHeading<HTMLHeadingElement>(t.lobby.title(room.name ?? t.lobby.untitled));
  useEffect(() => void devices.start(), [devices]);
  // While joining, the server's reply tells whether the room is open.
  useEffect(() => (joining ? undefined : onWatchRoom()), [joining, onWatchRoom]);
  const name = useSignal(input.name);
  const elsewhere = failure !== null && !ABOUT_PASSWORD.has(failure.code) ? failure : null;
  const full = failure === null && room.participants >= room.max;
  return (
    <div class="lobby">
      <header class="bar">
        <Logo onClick={onHome} />
        <AccountCorner />
      </header>
      <main>
        <Preview devices={devices} name={name.value} picture={login.user.value?.avatarUrl ?? null} />
        <section class="side" aria-labelledby="lobby-title">
          <div class="intro">
            <h1 id="lobby-title" ref={heading} tabIndex={-1}>
              {room.name ?? t.lobby.headline}
            </h1>
            <p class="inside" role="status">
              <Icon name="people" />
              {t.lobby.inside(room.participants)}
            </p>
            <p class="reopened" role="status">
              {reopened && t.lobby.canJoin}
            </p>
          </div>
          {provider !== null && <FailureNotice failure={provider} />}
          {elsewhere !== null && <FailureNotice failure={elsewhere} />}
          {full && <FailureNotice failure={{ code: 'room_full', retryAfterMs: 0 }} />}
          <TroubleNotice devices={devices} />
          <JoinForm
            {...{ room, devices, failure, joining, name, invited, onJoin }}
            password={input.password}
          />
          <ConnectionLine quiet={joining} />
          <DeviceSelects devices={devices} />
          <AddressSwitch room={room} />
        </section>
      </main>
    </div>
  );
}

interface JoinFormProps extends Omit<LobbyProps, 'input' | 'onHome' | 'reopened' | 'onWatchRoom'> {
  readonly name: Signal<string>;
  readonly password: string;
}

function JoinForm({ room, devices, failure, joining, name, invited, onJoin, ...rest }: JoinFormProps) {
  const t = useMessages();
  const password = useSignal(rest.password);
  const nameProblem = useSignal('');
  const nameInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);
  const asksPassword =
    (room.hasPassword && !invited) || (failure !== null && ABOUT_PASSWORD.has(failure.code));

  useEffect(() => {
    if (failure !== null && ABOUT_PASSWORD.has(failure.code)) passwordInput.current?.select();
  }, [failure]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (joining) return;
    if (name.value.trim() === '') {
      nameProblem.value = t.lobby.nameMissing;
      nameInput.current?.focus();
      return;
    }
    onJoin({ name: name.value.trim(), password: password.value });
  };

  return (
    <form class="enter" onSubmit={submit} noValidate>
      <TextField
        label={t.lobby.name}
        value={name.value}
        onInput={(value) => {
          name.value = value;
          nameProblem.value = '';
        }}
        name="name"
        placeholder={t.lobby.namePlaceholder}
        problem={nameProblem.value}
        maxLength={LIMITS.displayName.max}
        autoComplete="name"
        inputRef={nameInput}
      />
      {asksPassword && (
        <TextField
          label={t.lobby.password}
          secret
          value={password.value}
          onInput={(value) => {
            password.value = value;
          }}
          name="room-password"
          hint={t.lobby.passwordHint}
          problem={passwordProblem(failure, t)}
          maxLength={LIMITS.password.max}
          autoComplete="off"
          inputRef={passwordInput}
        />
      )}
      <button type="submit" class="button large wide" aria-disabled={joining}>
        {joining && <span class="spinner" />}
        {joining ? t.lobby.joining : joinText(devices, t)}
      </button>
    </form>
  );
}

function passwordProblem(failure: Failure | null, t: Messages): string {
  if (failure?.code === 'password_required') return t.lobby.passwordNeeded;
  if (failure?.code === 'wrong_password') return t.lobby.passwordWrong;
  return '';
}

/** Says on the button if the person would join without camera or microphone. */
function joinText(devices: DeviceManager, t: Messages): string {
  const lacks = (kind: 'camera' | 'microphone') => isLacking(devices[kind].value);
  if (lacks('camera') && lacks('microphone')) return t.lobby.watch;
  if (lacks('camera')) return t.lobby.joinNoCamera;
  if (lacks('microphone')) return t.lobby.joinNoMicrophone;
  return t.lobby.join;
}
