import { useSignal } from '@preact/signals';
import { admin, type Deliveries } from '../../client/admin.ts';
import { SelectField } from '../components/select-field.tsx';
import { useAdminMessages } from '../i18n/admin-messages.ts';
import { useAsk } from './ask.ts';
import { DeliveryItem } from './delivery-item.tsx';
import { loadPages, PER_PAGE } from './pages.ts';
import { type Actions, ActionsView, useActions } from './parts/actions.tsx';
import { Ago } from './parts/ago.tsx';
import { More } from './parts/more.tsx';
import { Empty, PolledView } from './parts/polled-view.tsx';
import { SectionPage } from './parts/section-page.tsx';
import { usePolled } from './polled.ts';

const STATES = ['all', 'waiting', 'delivered', 'dropped'] as const;

/** What is told to backends: each delivery, and the endpoints that don't get any more. */
export function Webhooks() {
  const t = useAdminMessages();
  const words = t.webhooks;
  const ask = useAsk();
  const shown = useSignal<(typeof STATES)[number]>('all');
  const pages = useSignal(1);
  const polled = usePolled(async () => {
    const state = shown.peek();
    const page = await loadPages(pages.peek(), (after) =>
      ask((account) =>
        admin.deliveries(account, {
          query: { limit: PER_PAGE, after, state: state === 'all' ? undefined : state },
        }),
      ),
    );
    return { ...page, state };
  });
  const actions = useActions();
  const change = (key: string, act: () => Promise<string>) =>
    actions.run(key, async () => {
      const said = await act();
      void polled.refresh();
      return said;
    });
  return (
    <SectionPage section="webhooks" intro={words.intro}>
      <ActionsView actions={actions} />
      <PolledView polled={polled} loading={words.loading}>
        {({ items, endpoints, nextCursor, state }) =>
          endpoints.length === 0 && items.length === 0 ? (
            <Empty title={words.off} text={words.offText} />
          ) : (
            <>
              <Endpoints
                endpoints={endpoints}
                actions={actions}
                onResume={() =>
                  change('resume', async () => words.resumed((await ask(admin.resume)).endpoints))
                }
              />
              <section class="admin-section" aria-labelledby="deliveries-title">
                <div class="head">
                  <h2 id="deliveries-title">{words.deliveries}</h2>
                  <SelectField
                    label={words.state}
                    name="state"
                    value={shown.value}
                    choices={STATES.map((choice) => [choice, words.states[choice]])}
                    onChange={(choice) => {
                      shown.value = choice;
                      pages.value = 1;
                      void polled.refresh();
                    }}
                  />
                </div>
                {items.length === 0 &&
                  (state === 'all' ? (
                    <Empty title={words.none} text={words.noneText} />
                  ) : (
                    <Empty title={words.noneOf} text={words.noneOfText} />
                  ))}
                {items.length > 0 && (
                  <ul class="admin-list">
                    {items.map((delivery) => (
                      <DeliveryItem
                        key={`${delivery.id} ${delivery.host}`}
                        delivery={delivery}
                        busy={actions.busy.value === delivery.id}
                        onResend={() =>
                          change(delivery.id, async () => {
                            const request = { params: { id: delivery.id } };
                            return words.resent(
                              (await ask((account) => admin.resend(account, request))).endpoints,
                            );
                          })
                        }
                      />
                    ))}
                  </ul>
                )}
                <More nextCursor={nextCursor} pages={pages} onMore={polled.refresh} />
              </section>
            </>
          )
        }
      </PolledView>
    </SectionPage>
  );
}

interface EndpointsProps {
  readonly endpoints: Deliveries['endpoints'];
  readonly actions: Actions;
  readonly onResume: () => void;
}

function Endpoints({ endpoints, actions, onResume }: EndpointsProps) {
  const words = useAdminMessages().webhooks;
  const busy = actions.busy.value === 'resume';
  return (
    <section class="admin-section" aria-labelledby="endpoints-title">
      <h2 id="endpoints-title">{words.endpoints}</h2>
      <ul class="admin-list">
        {endpoints.map(({ host, waiting, stoppedAt, stoppedBecause }, index) => (
          // Two endpoints may be on one host.
          <li key={`${host} ${index}`}>
            <div>
              <p class="place">{host}</p>
              <p class="soft">
                {words.waiting(waiting)}
                {stoppedAt !== null && (
                  <>
                    {' · '}
                    <Ago time={stoppedAt} say={words.stoppedWhen} />
                  </>
                )}
              </p>
              {stoppedBecause !== null && <p>{words.because[stoppedBecause]}</p>}
            </div>
            <span class="badge" data-tone={stoppedAt === null ? 'ok' : 'fail'}>
              {stoppedAt === null ? words.working : words.stopped}
            </span>
          </li>
        ))}
      </ul>
      {endpoints.some(({ stoppedAt }) => stoppedAt !== null) && (
        <>
          <p class="soft">{words.resumeText}</p>
          <button type="button" class="button small quiet" aria-disabled={busy} onClick={onResume}>
            {busy && <span class="spinner" />}
            {words.resume}
          </button>
        </>
      )}
    </section>
  );
}
