import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { CreatedRoom } from '../client/index.ts';
import { obeyOutside, tryAgainWith } from './embed/commands.ts';
import { errorOf, reportVisit } from './embed/report.ts';
import { Home } from './home/home.tsx';
import { type Messages, MessagesContext, useMessages } from './i18n/messages.ts';
import { AccountsView, AdminView, TestView } from './lazy-views.tsx';
import { LoadingView, MessagePage } from './lobby/message-page.tsx';
import { CurrentPage, type PageContext, usePage } from './page-context.ts';
import type { RoomModel } from './room-model-types.ts';
import { RoomView } from './room-view.tsx';
import { HOME } from './routes.ts';

/** What the page depends on. `main.tsx` passes the browser's own. */
export interface AppProps {
  readonly messages: Messages;
  readonly page: PageContext;
  readonly openRoom: (roomId: string) => RoomModel;
}

export function App({ messages, page, openRoom }: AppProps) {
  return (
    <MessagesContext.Provider value={messages}>
      <CurrentPage.Provider value={page}>
        <CurrentView openRoom={openRoom} />
      </CurrentPage.Provider>
    </MessagesContext.Provider>
  );
}

function CurrentView({ openRoom }: Pick<AppProps, 'openRoom'>) {
  const t = useMessages();
  const { navigation, login, onlyCall } = usePage();
  const route = navigation.route.value;
  /** Password of the call just created here, so that its creator needn't enter it. */
  const password = useSignal('');
  const isSiteUser = login.site.value !== null;
  useEffect(() => {
    // The site has let its user in meanwhile.
    if (isSiteUser && (route.at === 'sign-in' || route.at === 'register')) navigation.go(route.next, true);
  }, [isSiteUser, route]);
  const openCreated = ({ room }: CreatedRoom, chosen: string) => {
    password.value = chosen;
    navigation.go({ at: 'call', roomId: room.id });
  };
  if (login.finishing.value) return <LoadingView text={t.account.signingIn} />;
  switch (route.at) {
    case 'home':
      if (onlyCall) return <MessagePage title={t.home.missingTitle} text={t.home.missingInFrame} />;
      return (
        <Home
          missing={route.missing}
          onCreated={openCreated}
          onJoin={(roomId) => navigation.go({ at: 'call', roomId })}
        />
      );
    case 'call':
      return (
        <CallPlace
          key={route.roomId}
          roomId={route.roomId}
          password={password}
          onCreated={openCreated}
          openRoom={openRoom}
        />
      );
    case 'admin':
      return <AdminView route={route} />;
    case 'test':
      return <TestView route={route} />;
    default:
      return <AccountsView route={route} />;
  }
}

interface CallPlaceProps extends Pick<AppProps, 'openRoom'> {
  readonly roomId: string;
  readonly password: ReadonlySignal<string>;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
}

/** A call's link. On a server without guests it leads through the sign-in. */
function CallPlace({ roomId, password, onCreated, openRoom }: CallPlaceProps) {
  const { navigation, login, settings, host, prefs, onlyCall } = usePage();
  const needsAccount = !settings.guests && !login.hasAccount.value;
  const model = useMemo(() => (needsAccount ? null : openRoom(roomId)), [roomId, needsAccount]);
  useEffect(() => {
    if (model === null) {
      host?.tell(errorOf('guests_off'));
      navigation.go({ at: 'sign-in', next: { at: 'call', roomId } }, true);
      return;
    }
    const offs = host === null ? [] : [reportVisit(model, host.tell), obeyOutside(host, model, prefs)];
    void model.load();
    if (host !== null) offs.push(tryAgainWith(host.token, model));
    return () => {
      model.close();
      for (const off of offs) off();
    };
  }, [model]);
  if (model === null) return null;
  return (
    <RoomView
      model={model}
      password={password.value}
      link={login.site.value === null ? navigation.linkTo(roomId) : null}
      onCreated={onCreated}
      onHome={onlyCall ? undefined : () => navigation.go(HOME)}
    />
  );
}
