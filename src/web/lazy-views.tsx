import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useMessages } from './i18n/messages.ts';
import { LoadingView, MessagePage } from './lobby/message-page.tsx';
import { usePage } from './page-context.ts';
import { type AccountsRoute, type AdminRoute, HOME, type Route, type TestRoute } from './routes.ts';

type Views<R extends Route> = FunctionComponent<{ route: R }>;

/** The account pages, which load when first shown: most visitors never see them. */
export function AccountsView({ route }: { route: AccountsRoute }) {
  return (
    <LazyViews route={route} load={async () => (await import('./accounts/account-views.tsx')).AccountViews} />
  );
}

/** The admins' console, which loads only for those who open it. */
export function AdminView({ route }: { route: AdminRoute }) {
  return <LazyViews route={route} load={async () => (await import('./admin/admin-views.tsx')).AdminViews} />;
}

/** The test of devices and connection, which loads only for those who open it. */
export function TestView({ route }: { route: TestRoute }) {
  return <LazyViews route={route} load={async () => (await import('./test-page/test-view.tsx')).TestView} />;
}

function LazyViews<R extends Route>({ route, load }: { route: R; load: () => Promise<Views<R>> }) {
  const t = useMessages();
  const { navigation } = usePage();
  const [views, setViews] = useState<{ readonly Views: Views<R> } | 'failed' | null>(null);
  useEffect(() => {
    load().then(
      (loaded) => setViews({ Views: loaded }),
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
