// @jitsu/js, its ES module as a page imports it. Its keys must look like id:secret.
import { tell } from './browser.mjs';
import { call } from './scenario.mjs';

const { url, key } = call();
await tell({
  url,
  key,
  files: { '/jitsu.js': '@jitsu/js/dist/jitsu.es.js' },
  story: async ({ url, key, member, visitor }) => {
    const { jitsuAnalytics } = await import('/jitsu.js');
    const client = jitsuAnalytics({ host: url, writeKey: `beichen:${key}` });
    await client.setAnonymousId('visitor');
    await client.page({ name: visitor.page });
    await client.track(visitor.event);
    await client.identify('member', member.traits);
    await client.group('acme', member.account);
    await client.track('Order Paid', { ...member.order, context: { groupId: 'acme', channel: 'email' } });
  },
});
