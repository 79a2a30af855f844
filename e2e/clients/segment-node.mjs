// @segment/analytics-node
import { Analytics } from '@segment/analytics-node';
import { call, member, visitor } from './scenario.mjs';

const { url, key } = call();
const client = new Analytics({ writeKey: key, host: url, flushAt: 3 });
client.on('error', (error) => {
  console.error(error);
  process.exitCode = 1;
});
client.page({ anonymousId: 'visitor', name: visitor.page });
client.track({ anonymousId: 'visitor', event: visitor.event });
client.identify({ userId: 'member', anonymousId: 'visitor', traits: member.traits });
client.group({ userId: 'member', groupId: 'acme', traits: member.account });
client.track({ userId: 'member', event: 'Order Paid', properties: member.order, context: { groupId: 'acme', channel: 'email' } });
client.screen({ userId: 'member', name: 'Home' });
client.alias({ userId: 'member', previousId: 'old member' });
await client.closeAndFlush();
