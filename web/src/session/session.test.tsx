import { describe, expect, it } from 'vitest';
import { problem, serve, session } from '../test/server';
import { open } from '../test/open';
import { insideOnly } from './useEnter';

describe('a stranger', () => {
  it('is sent to sign in, and back to where they were going', async () => {
    let known = false;
    const asked = serve({
      'GET /session': () => (known ? session : problem(401, 'access.sign-in', '請先登入')),
      'POST /session': () => {
        known = true;
        return session;
      },
      'GET /definitions/all': { items: [] },
    });
    const { user, findByLabelText, findByRole, router } = await open('/ledger?status=proposed');
    await user.type(await findByLabelText('電子郵件'), 'lin@moon.example');
    await user.type(await findByLabelText('密碼'), 'a sentence to remember');
    await user.click(await findByRole('button', { name: '登入' }));
    await findByRole('heading', { name: '史冊' });
    expect(router.state.location.href).toBe('/ledger?status=proposed');
    expect(asked.find((one) => one.method === 'POST')?.body).toEqual({ email: 'lin@moon.example', password: 'a sentence to remember' });
  });

  it('is told in their language why the door stayed shut', async () => {
    serve({ 'GET /session': problem(401, 'access.sign-in', ''), 'POST /session': () => problem(401, 'access.wrong', '電子郵件或密碼不對。') });
    const { user, findByLabelText, findByRole } = await open('/signin');
    await user.type(await findByLabelText('電子郵件'), 'x@y.example');
    await user.type(await findByLabelText('密碼'), 'wrong');
    await user.click(await findByRole('button', { name: '登入' }));
    expect((await findByRole('alert')).textContent).toContain('電子郵件或密碼不對。');
  });

  it('of a server nobody has set up is told of the link', async () => {
    serve({ 'GET /session': () => problem(401, 'access.set-up', '') });
    const { findByRole, router } = await open('/journeys', 'en');
    await findByRole('heading', { name: 'Set up the workspace' });
    expect(router.state.location.pathname).toBe('/setup');
  });

  it('with an invitation is greeted by the name it was made for', async () => {
    serve({
      'GET /session': problem(401, 'access.sign-in', ''),
      'GET /invitations/one-time': { name: 'Maya Patel', email: 'maya@moon.example' },
    });
    const { findByText, findByLabelText } = await open('/invite/one-time', 'en');
    await findByText(/maya@moon\.example/);
    expect(((await findByLabelText('Your name')) as HTMLInputElement).value).toBe('Maya Patel');
  });

  it('with a link that was used is told so, and where to go', async () => {
    serve({ 'GET /session': problem(401, 'access.sign-in', ''), 'GET /invitations/old': problem(404, 'access.no-invitation', 'This invitation is not valid.') });
    const { findByText, findByRole, queryByLabelText } = await open('/invite/old', 'en');
    await findByText('This invitation is not valid.');
    await findByRole('link', { name: 'Sign in' });
    expect(queryByLabelText('Your name')).toBeNull();
  });

  it('is never led to another site by the address bar', () => {
    expect(insideOnly('/ledger?status=proposed')).toBe('/ledger?status=proposed');
    for (const elsewhere of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '']) {
      expect(insideOnly(elsewhere)).toBe('/journeys');
    }
  });
});
