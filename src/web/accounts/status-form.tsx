import { useEffect } from 'preact/hooks';
import { type AccountUser, LIMITS } from '../../client/index.ts';
import { TextField } from '../components/text-field.tsx';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { usePage } from '../page-context.ts';
import { longProblem, onlyProblems } from './checks.ts';
import { fieldOf } from './fields.tsx';
import { Form, useForm } from './form.tsx';
import { lastStatusOf, rememberStatus, STATUSES } from './last-status.ts';

/** Says how the person is, in one of four states and in their own words. */
export function StatusForm({ user }: { user: AccountUser }) {
  const t = useAccountMessages();
  const { login, prefs } = usePage();
  const known = { status: lastStatusOf(user, prefs), customStatus: user.customStatus ?? '' };
  const form = useForm({
    initial: known,
    check: ({ customStatus }) => {
      const { max } = LIMITS.customStatus;
      return onlyProblems({
        status: '',
        customStatus: longProblem(customStatus, max, t.problem.statusBad(max)),
      });
    },
    async send({ status, customStatus }) {
      const said = STATUSES.find((name) => name === status) ?? 'online';
      await login.account().setStatus(said, customStatus.trim() || null);
      rememberStatus(user, said, prefs);
    },
    invalid: () => t.problem.statusBad(LIMITS.customStatus.max),
  });

  // The status may change in another tab, or on another device.
  useEffect(() => {
    if (!form.touched.peek() && !form.busy.peek()) form.reset(known);
  }, [user]);

  return (
    <Form form={form} submit={t.save} busy={t.saving} done={t.saved}>
      <fieldset class="statuses">
        <legend class="label">{t.status.legend}</legend>
        {STATUSES.map((status) => (
          <label key={status} class="status-choice">
            <input
              type="radio"
              name="status"
              value={status}
              checked={form.values.value.status === status}
              onChange={() => form.change('status', status)}
            />
            <span class="dot" data-status={status} />
            <span>
              <span class="what">{t.status[status]}</span>
              <span class="soft">{t.status[`${status}Text`]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <TextField
        {...fieldOf(form, 'customStatus')}
        label={t.status.words}
        note={t.optional}
        placeholder={t.status.wordsPlaceholder}
        autoComplete="off"
      />
    </Form>
  );
}
