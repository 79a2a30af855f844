// @segment/analytics-next, its UMD bundle; it learns from our settings where to send.
import { tell } from './browser.mjs';
import { call } from './scenario.mjs';

await tell({
  ...call(),
  files: { '/lib/': '@segment/analytics-next/dist/umd/' },
  html: '<script src="/lib/index.js"></script>',
  story: async ({ url, key, member, visitor }) => {
    const client = window.AnalyticsNext.AnalyticsBrowser.load({ writeKey: key, cdnURL: url });
    await client.setAnonymousId('visitor');
    await client.page(visitor.page);
    await client.track(visitor.event);
    await client.identify('member', member.traits);
    await client.group('acme', member.account);
    await client.track('Order Paid', member.order, { context: { groupId: 'acme', channel: 'email' } });
    await client.screen('Home');
    await client.alias('member', 'old member');
  },
});
