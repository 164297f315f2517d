import type { CreatedRoom } from '../client/index.ts';
import { CallView } from './call/call-view.tsx';
import { useMessages } from './i18n/messages.ts';
import { EndedView } from './lobby/ended-view.tsx';
import { Lobby } from './lobby/lobby.tsx';
import { LoadingView, LookupFailedView } from './lobby/message-page.tsx';
import { WaitingView } from './lobby/waiting-view.tsx';
import { usePage } from './page-context.ts';
import type { RoomModel } from './room-model-types.ts';

interface RoomViewProps {
  readonly model: RoomModel;
  readonly password: string;
  /** To send to others; null if the site that shows the page brings them in with tokens. */
  readonly link: string | null;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
  /** Undefined if no view leads home. */
  readonly onHome: (() => void) | undefined;
}

/** Shows the view of the current phase. */
export function RoomView({ model, password, link, onCreated, onHome }: RoomViewProps) {
  const t = useMessages();
  const { navigation, login, prefs } = usePage();
  const phase = model.phase.value;
  switch (phase.at) {
    case 'loading':
      return <LoadingView text={t.lobby.loading} />;
    case 'failed':
      return <LookupFailedView failure={phase.failure} onRetry={model.load} onHome={onHome} />;
    case 'lobby':
      return (
        <Lobby
          room={phase.room}
          devices={model.devices}
          failure={phase.failure}
          joining={phase.joining}
          reopened={phase.reopened}
          onWatchRoom={model.watchRoom}
          input={{ name: model.initialName(), password }}
          invited={model.isInvited()}
          onJoin={model.join}
          onHome={onHome}
        />
      );
    case 'waiting':
      return (
        <WaitingView
          room={phase.room}
          wait={phase.wait}
          devices={model.devices}
          name={model.initialName()}
          picture={login.user.value?.avatarUrl ?? null}
        />
      );
    case 'call':
      return <CallView call={phase.call} prefs={prefs} link={link} navigation={navigation} />;
    case 'ended':
      return (
        <EndedView
          room={phase.room}
          reason={phase.reason}
          link={link}
          login={login}
          onRejoin={model.rejoin}
          onCreated={onCreated}
          onHome={onHome}
        />
      );
  }
}
