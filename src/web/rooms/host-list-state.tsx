import { FailureNotice } from '../components/notice.tsx';
import { useMessages } from '../i18n/messages.ts';
import type { HostList } from './host-list.ts';

interface HostListStateProps {
  readonly list: HostList<unknown>;
  readonly loading: string;
  readonly none: string;
}

/** Says that a list is being loaded, is empty, or that something failed. */
export function HostListState({ list, loading, none }: HostListStateProps) {
  const t = useMessages();
  const items = list.items.value;
  const failure = list.failure.value;
  return (
    <>
      {items === null && failure === null && (
        <p class="loading" role="status">
          <span class="spinner" />
          {loading}
        </p>
      )}
      {items?.length === 0 && <p class="soft">{none}</p>}
      {failure !== null && <FailureNotice failure={failure} />}
      {items === null && failure !== null && (
        <button type="button" class="button quiet" onClick={() => void list.load()}>
          {t.lobby.tryAgain}
        </button>
      )}
    </>
  );
}
