import { Link } from '../components/link.tsx';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { MessagePage } from '../lobby/message-page.tsx';
import { usePage } from '../page-context.ts';
import { HOME, type Route } from '../routes.ts';

interface OutcomePageProps {
  readonly title: string;
  readonly text: string;
  /** Where the person most likely goes next; null if only home is left. */
  readonly next: { readonly to: Route; readonly text: string } | null;
}

/** What has come of it, or why it can't be done: a message, the next step, and the way home. */
export function OutcomePage({ title, text, next }: OutcomePageProps) {
  const t = useAccountMessages();
  const { navigation } = usePage();
  return (
    <MessagePage title={title} text={text} onHome={() => navigation.go(HOME)}>
      <div class="choices">
        {next !== null && (
          <Link class="button large" to={next.to}>
            {next.text}
          </Link>
        )}
        <Link class={next === null ? 'button large' : 'button large quiet'} to={HOME}>
          {t.home}
        </Link>
      </div>
    </MessagePage>
  );
}
