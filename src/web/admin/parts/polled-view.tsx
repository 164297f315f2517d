import type { ComponentChildren } from 'preact';
import { Notice } from '../../components/notice.tsx';
import { type Failure, failureText } from '../../failure.ts';
import { type AdminMessages, useAdminMessages } from '../../i18n/admin-messages.ts';
import { type Messages, useMessages } from '../../i18n/messages.ts';
import type { Polled } from '../polled.ts';
import { Ago } from './ago.tsx';

interface PolledViewProps<Value> {
  readonly polled: Polled<Value>;
  readonly loading?: string;
  readonly children: (value: Value) => ComponentChildren;
}

/** Shows what was loaded. Before, says so; if it couldn't be, says why and offers to try again, beside what there was. */
export function PolledView<Value>({ polled, loading, children }: PolledViewProps<Value>) {
  const t = useAdminMessages();
  const { tryAgain } = useMessages().lobby;
  const value = polled.value.value;
  const failure = polled.failure.value;
  return (
    <>
      {failure !== null && (
        <div class="admin-failed">
          <AdminFailure failure={failure}>
            {value !== null && (
              <p>
                <Ago time={polled.loadedAt.value} say={t.stale} />
              </p>
            )}
          </AdminFailure>
          <button type="button" class="button quiet" onClick={() => void polled.refresh()}>
            {tryAgain}
          </button>
        </div>
      )}
      {value === null && failure === null && (
        <p class="loading" role="status">
          <span class="spinner" />
          {loading ?? t.loading}
        </p>
      )}
      {value !== null && children(value)}
    </>
  );
}

/** Why the server refused, in the words of the console. */
export function AdminFailure({ failure, children }: { failure: Failure; children?: ComponentChildren }) {
  const { title, text } = textOf(failure, useAdminMessages(), useMessages());
  return (
    <Notice title={title} text={text} tone="danger">
      {children}
    </Notice>
  );
}

function textOf(failure: Failure, t: AdminMessages, page: Messages): { title: string; text: string } {
  return isOwn(failure.code, t) ? t.failure[failure.code] : failureText(failure, page);
}

function isOwn(code: string, t: AdminMessages): code is keyof AdminMessages['failure'] {
  return Object.hasOwn(t.failure, code);
}

/** In place of a list that is empty: what that means, and what to do. */
export function Empty({ title, text }: { title: string; text: string }) {
  return (
    <div class="admin-empty">
      <p class="place">{title}</p>
      <p class="soft">{text}</p>
    </div>
  );
}
