import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { AccountUser } from '../../client/index.ts';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { usePage } from '../page-context.ts';
import type { AccountSection } from '../routes.ts';
import { AccountPage } from './account-page.tsx';
import { DeleteAccount } from './delete-account.tsx';
import { LoginList } from './login-list.tsx';
import { OutcomePage } from './outcome-page.tsx';
import { PasswordForm } from './password-form.tsx';
import { ProfileForm } from './profile-form.tsx';
import { StatusForm } from './status-form.tsx';

/** What a person may see and change of their account. */
export function AccountView({ section }: { section: AccountSection | null }) {
  const t = useAccountMessages();
  const { login, settings } = usePage();
  const deleted = useSignal(false);
  const user = login.user.value;
  if (deleted.value) {
    return (
      <OutcomePage
        title={t.remove.doneTitle}
        text={settings.guests ? t.remove.doneText : t.remove.doneTextNoGuests}
        next={null}
      />
    );
  }
  if (user === null) return <NobodyHere />;
  return (
    <Sections
      user={user}
      section={section}
      onDeleted={() => {
        deleted.value = true;
      }}
    />
  );
}

function NobodyHere() {
  const t = useAccountMessages();
  const { login } = usePage();
  const wasSignedOut = login.wasSignedOut.value;
  return (
    <OutcomePage
      title={wasSignedOut ? t.signIn.endedTitle : t.account.noneTitle}
      text={wasSignedOut ? t.signIn.endedText : t.account.noneText}
      next={{ to: { at: 'sign-in', next: { at: 'account', section: null } }, text: t.signIn.submit }}
    />
  );
}

interface SectionsProps {
  readonly user: AccountUser;
  readonly section: AccountSection | null;
  readonly onDeleted: () => void;
}

function Sections({ user, section, onDeleted }: SectionsProps) {
  const t = useAccountMessages();
  const { login } = usePage();
  const hasPassword = user.kind === 'registered';
  // Brings the user as it is now, whatever other devices have changed.
  useEffect(() => {
    const reload = async () => login.account().token(true);
    reload().catch(() => {});
  }, []);
  return (
    <AccountPage
      title={t.account.title}
      headline={t.account.headline}
      intro={[user.email, user.role === 'admin' && t.account.admin, !hasPassword && t.account.external]
        .filter(Boolean)
        .join(' · ')}
      layout="sections"
    >
      <Section name="profile" at={section} title={t.profile.title} intro={t.profile.intro}>
        <ProfileForm user={user} />
      </Section>
      <Section name="status" at={section} title={t.status.title} intro={t.status.intro}>
        <StatusForm user={user} />
      </Section>
      {hasPassword && (
        <Section name="password" at={section} title={t.passwords.title} intro={t.passwords.intro}>
          <PasswordForm email={user.email} />
        </Section>
      )}
      <Section name="logins" at={section} title={t.logins.title} intro={t.logins.intro}>
        <LoginList />
      </Section>
      <Section name="delete" at={section} title={t.remove.title} intro={t.remove.intro}>
        <DeleteAccount email={user.email} hasPassword={hasPassword} onDeleted={onDeleted} />
      </Section>
    </AccountPage>
  );
}

interface SectionProps {
  readonly name: AccountSection;
  /** The section that the address names. */
  readonly at: AccountSection | null;
  readonly title: string;
  readonly intro: string;
  readonly children: ComponentChildren;
}

function Section({ name, at, title, intro, children }: SectionProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isNamed = at === name;
  useEffect(() => {
    if (!isNamed) return;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'start' });
  }, [isNamed]);
  return (
    <section class="account-section" aria-labelledby={`${name}-title`}>
      <div class="about">
        <h2 id={`${name}-title`} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <p class="soft">{intro}</p>
      </div>
      <div class="content">{children}</div>
    </section>
  );
}
