import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type AccountUser, LIMITS } from '../../client/index.ts';
import { Avatar } from '../components/avatar.tsx';
import { TextField } from '../components/text-field.tsx';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { isPictureAddress } from '../picture-address.ts';
import { avatarProblem, longProblem, onlyProblems, usernameProblem } from './checks.ts';
import { fieldOf, TextAreaField } from './fields.tsx';
import { Form, useForm } from './form.tsx';

/** Changes what others see of the person, with a preview. */
export function ProfileForm({ user }: { user: AccountUser }) {
  const t = useAccountMessages();
  const { login } = usePage();
  const known = {
    displayName: user.displayName ?? '',
    username: user.username ?? '',
    bio: user.bio ?? '',
    avatarUrl: user.avatarUrl ?? '',
  };
  const form = useForm({
    initial: known,
    check: ({ username, bio, avatarUrl }) =>
      onlyProblems({
        username: usernameProblem(username.trim(), t),
        bio: longProblem(bio, LIMITS.bio.max, t.problem.bioBad(LIMITS.bio.max)),
        avatarUrl: avatarProblem(avatarUrl.trim(), t),
      }),
    async send({ displayName, username, bio, avatarUrl }) {
      await login.account().update({
        displayName: orNull(displayName),
        username: orNull(username),
        bio: orNull(bio),
        avatarUrl: orNull(avatarUrl),
      });
    },
    explain: (code) => (code === 'username_taken' ? { username: t.problem.usernameTaken } : null),
    invalid: (name) =>
      ({
        displayName: t.problem.nameBad,
        username: t.problem.usernameBad,
        bio: t.problem.bioBad(LIMITS.bio.max),
        avatarUrl: t.problem.avatarBad,
      })[name],
  });
  // The profile may change in another tab, or on another device.
  useEffect(() => {
    if (!form.touched.peek()) form.reset(known);
  }, [user]);
  return (
    <Form form={form} submit={t.save} busy={t.saving} done={t.saved}>
      <ProfilePreview form={form} seed={user.id} />
      <TextField
        {...fieldOf(form, 'displayName')}
        label={t.profile.name}
        maxLength={LIMITS.displayName.max}
        autoComplete="name"
      />
      <TextField
        {...fieldOf(form, 'username', t.profile.usernameHint)}
        label={t.profile.username}
        note={t.optional}
        autoComplete="off"
      />
      <TextAreaField form={form} name="bio" label={t.profile.bio} note={t.optional} rows={3} />
      <TextField
        {...fieldOf(form, 'avatarUrl', t.profile.avatarHint)}
        label={t.profile.avatar}
        note={t.optional}
        type="url"
        autoComplete="off"
      />
    </Form>
  );
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** Milliseconds without typing after which a picture is loaded, so that no beginning of an address is asked for it. */
const SETTLED_MS = 400;

function useSettled(text: string): string {
  const settled = useSignal(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      settled.value = text;
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled.value;
}

interface ProfilePreviewProps {
  readonly form: ReturnType<typeof useForm<'displayName' | 'username' | 'bio' | 'avatarUrl'>>;
  readonly seed: string;
}

/** The name and the picture as they will be. A picture that can't be loaded leaves the initials. */
function ProfilePreview({ form, seed }: ProfilePreviewProps) {
  const t = useAccountMessages();
  const { guest } = useMessages();
  const broken = useSignal('');
  const { displayName, username, avatarUrl } = form.values.value;
  const address = useSettled(avatarUrl.trim());
  const name = displayName.trim() || username.trim() || guest;
  return (
    <div class="profile-preview">
      <Avatar
        name={name}
        seed={seed}
        picture={isPictureAddress(address) ? address : null}
        onPicture={(loads) => {
          broken.value = loads ? '' : address;
        }}
      />
      <div>
        <p class="soft">{t.profile.preview}</p>
        <p class="shown-name">{name}</p>
        <p class="soft" role="status">
          {address !== '' && broken.value === address && t.profile.avatarBroken}
        </p>
      </div>
    </div>
  );
}
