import { describe, expect, it } from 'vitest';
import { ParleyClientError } from '../../../src/client/index.ts';
import { createForm, type FormSpec } from '../../../src/web/accounts/form-model.ts';
import { deferred } from '../fakes.ts';

type Field = 'email' | 'password';

function setUp(more: Partial<FormSpec<Field>> = {}) {
  const sent: unknown[] = [];
  const form = createForm<Field>(() => ({
    initial: { email: '', password: '' },
    send: async (values) => void sent.push(values),
    ...more,
  }));
  return { form, sent };
}

const refuse = (code: ParleyClientError['code'], options = {}) => ({
  send: () => Promise.reject(new ParleyClientError(code, code, options)),
});

describe('a form', () => {
  it('sends what was typed, and says that it is done until the next change', async () => {
    const { form, sent } = setUp();
    form.change('email', 'ada@example.org');
    await form.submit();
    expect(sent).toEqual([{ email: 'ada@example.org', password: '' }]);
    expect(form.done.value).toBe(true);
    form.change('email', '');
    expect(form.done.value).toBe(false);
  });

  it('sends what a password manager filled in without an event', async () => {
    const { form, sent } = setUp();
    await form.submit({ email: 'ada@example.org', password: 'correct horse' });
    expect(sent).toEqual([{ email: 'ada@example.org', password: 'correct horse' }]);
  });

  it('sends nothing while something is wrong, and forgets the problem of a field that changes', async () => {
    const { form, sent } = setUp({ check: () => ({ email: 'missing', password: 'short' }) });
    await form.submit();
    expect([sent, form.problems.value]).toEqual([[], { email: 'missing', password: 'short' }]);
    form.change('email', 'a');
    expect(form.problems.value).toEqual({ password: 'short' });
  });

  it('is sent once, however often it is submitted', async () => {
    const answer = deferred<void>();
    let times = 0;
    const { form } = setUp({
      send() {
        times += 1;
        return answer.promise;
      },
    });
    const both = Promise.all([form.submit(), form.submit()]);
    expect(form.busy.value).toBe(true);
    answer.resolve();
    await both;
    expect([times, form.busy.value]).toEqual([1, false]);
  });

  it('shows a refusal beside the field that it is about', async () => {
    const { form } = setUp({
      ...refuse('email_taken'),
      explain: (code) => (code === 'email_taken' ? { email: 'taken' } : null),
    });
    await form.submit();
    expect([form.problems.value, form.failure.value]).toEqual([{ email: 'taken' }, null]);
  });

  it('shows each field that the server calls invalid', async () => {
    const errors = [{ path: 'password', message: 'x' }];
    const { form } = setUp({ ...refuse('validation_failed', { errors }), invalid: (name) => `bad ${name}` });
    await form.submit();
    expect(form.problems.value).toEqual({ password: 'bad password' });
  });

  it.each([
    ['a field that the form hasn’t', refuse('validation_failed', { errors: [{ path: 'x', message: 'x' }] })],
    ['a network failure', refuse('network')],
  ])('shows %s above the button', async (_, spec) => {
    const { form } = setUp({ ...spec, invalid: () => 'bad' });
    await form.submit();
    expect(form.problems.value).toEqual({});
    expect(form.failure.value).not.toBeNull();
    expect(form.done.value).toBe(false);
  });

  it('keeps how long to wait', async () => {
    const { form } = setUp(refuse('rate_limited', { retryAfterMs: 42_000 }));
    await form.submit();
    expect(form.failure.value).toEqual({ code: 'rate_limited', retryAfterMs: 42_000 });
  });
});
