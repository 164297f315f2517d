import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useMessages } from './i18n/messages.ts';
import { LoadingView, MessagePage } from './lobby/message-page.tsx';
import { usePage } from './page-context.ts';
import { type AccountsRoute, HOME } from './routes.ts';

type AccountViews = FunctionComponent<{ route: AccountsRoute }>;

/** The account pages, which load when first shown: most visitors never see them. */
export function AccountsView({ route }: { route: AccountsRoute }) {
  const t = useMessages();
  const { navigation } = usePage();
  const [views, setViews] = useState<{ readonly Views: AccountViews } | 'failed' | null>(null);
  useEffect(() => {
    import('./accounts/account-views.tsx').then(
      ({ AccountViews: Views }) => setViews({ Views }),
      () => setViews('failed'),
    );
  }, []);
  if (views === null) return <LoadingView text={t.account.loading} />;
  if (views !== 'failed') return <views.Views route={route} />;
  // A later version of the server has no file of this name, so only loading the whole page helps.
  return (
    <MessagePage {...t.account.notLoaded} onHome={() => navigation.go(HOME)}>
      <div class="choices">
        <a class="button large" href={window.location.href}>
          {t.lobby.tryAgain}
        </a>
      </div>
    </MessagePage>
  );
}
