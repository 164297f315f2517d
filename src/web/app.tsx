import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { CreatedRoom } from '../client/index.ts';
import { Home } from './home/home.tsx';
import { type Messages, MessagesContext } from './i18n/messages.ts';
import type { Login } from './login.ts';
import type { Navigation } from './navigation.ts';
import type { Prefs } from './prefs.ts';
import type { RoomModel } from './room-model.ts';
import { RoomView } from './room-view.tsx';

/** What the page depends on. `main.tsx` passes the browser's own. */
export interface AppProps {
  readonly messages: Messages;
  readonly navigation: Navigation;
  readonly login: Login;
  readonly prefs: Prefs;
  readonly openRoom: (roomId: string) => RoomModel;
}

export function App({ messages, navigation, ...rest }: AppProps) {
  const route = navigation.route.value;
  /** Password of the call just created here, so that its creator needn't enter it. */
  const password = useSignal('');
  const openCreated = ({ room }: CreatedRoom, chosen: string) => {
    password.value = chosen;
    navigation.go({ at: 'call', roomId: room.id });
  };
  return (
    <MessagesContext.Provider value={messages}>
      {route.at === 'home' ? (
        <Home
          login={rest.login}
          missing={route.missing}
          onCreated={openCreated}
          onJoin={(roomId) => navigation.go({ at: 'call', roomId })}
        />
      ) : (
        <CallPlace
          key={route.roomId}
          roomId={route.roomId}
          password={password}
          navigation={navigation}
          onCreated={openCreated}
          {...rest}
        />
      )}
    </MessagesContext.Provider>
  );
}

interface CallPlaceProps extends Omit<AppProps, 'messages'> {
  readonly roomId: string;
  readonly password: ReadonlySignal<string>;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
}

function CallPlace({ roomId, password, navigation, openRoom, ...rest }: CallPlaceProps) {
  const model = useMemo(() => openRoom(roomId), [roomId]);
  useEffect(() => {
    void model.load();
    return model.close;
  }, [model]);
  return (
    <RoomView
      model={model}
      {...rest}
      password={password.value}
      link={navigation.linkTo(roomId)}
      navigation={navigation}
      onHome={() => navigation.go({ at: 'home', missing: false })}
    />
  );
}
