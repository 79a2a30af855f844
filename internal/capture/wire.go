package capture

// wire is a message as it was sent: raw JSON values, nil where absent or null.
// Where a key stands twice the later value counts.
type wire struct {
	typ, messageID, userID, anonymousID, previousID, groupID []byte
	event, name, category                                    []byte
	timestamp, originalTimestamp, sentAt, receivedAt         []byte
	properties, traits, context                              []byte
	channel, source, value, currency, cost                   []byte

	inProperties propertyValues
	inContext    contextValues

	huge bool // some number may be larger than float64
}

// propertyValues are the properties that mean something to every journey.
type propertyValues struct{ channel, value, revenue, total, currency, cost []byte }

// contextValues are the keys of the context that do.
type contextValues struct{ groupID, traits, channel, medium, source []byte }

// read finds all of it in one pass over the message; false for what is not one
// JSON object.
func (w *wire) read(raw []byte) bool {
	s := scanner{data: raw}
	ok := s.whole(func(key []byte) bool {
		start, ok := s.at, false
		var properties propertyValues
		var context contextValues
		switch string(key) {
		case "properties":
			ok = properties.read(&s)
		case "context":
			ok = context.read(&s)
		default:
			ok = s.value()
		}
		value := s.data[start:s.at]
		if !ok || string(value) == "null" {
			return ok
		}
		switch string(key) {
		case "properties":
			w.properties, w.inProperties = value, properties
		case "context":
			w.context, w.inContext = value, context
		default:
			w.take(key, value)
		}
		return true
	})
	w.huge = s.huge
	return ok
}

func (w *wire) take(key, value []byte) {
	switch string(key) {
	case "type":
		w.typ = value
	case "messageId":
		w.messageID = value
	case "userId":
		w.userID = value
	case "anonymousId":
		w.anonymousID = value
	case "previousId":
		w.previousID = value
	case "groupId":
		w.groupID = value
	case "event":
		w.event = value
	case "name":
		w.name = value
	case "category":
		w.category = value
	case "timestamp":
		w.timestamp = value
	case "originalTimestamp":
		w.originalTimestamp = value
	case "sentAt":
		w.sentAt = value
	case "receivedAt":
		w.receivedAt = value
	case "traits":
		w.traits = value
	case "channel":
		w.channel = value
	case "source":
		w.source = value
	case "value":
		w.value = value
	case "currency":
		w.currency = value
	case "cost":
		w.cost = value
	}
}

// read reads a value, which may be no object.
func (p *propertyValues) read(s *scanner) bool {
	return s.within(func(key []byte) bool {
		value, ok := s.taken()
		switch string(key) {
		case "channel":
			p.channel = value
		case "value":
			p.value = value
		case "revenue":
			p.revenue = value
		case "total":
			p.total = value
		case "currency":
			p.currency = value
		case "cost":
			p.cost = value
		}
		return ok
	})
}

// readBatchContext puts in place of the message's context one that a batch's
// was merged into.
func (w *wire) readBatchContext(merged []byte) {
	s := scanner{data: merged}
	w.inContext = contextValues{}
	w.inContext.read(&s)
	w.huge = w.huge || s.huge
}

// read reads a value, which may be no object.
func (c *contextValues) read(s *scanner) bool {
	return s.within(func(key []byte) bool {
		if string(key) == "campaign" {
			return c.readCampaign(s)
		}
		value, ok := s.taken()
		switch string(key) {
		case "groupId":
			c.groupID = unlessNull(value, c.groupID)
		case "traits":
			c.traits = unlessNull(value, c.traits)
		case "channel":
			c.channel = value
		}
		return ok
	})
}

// readCampaign reads where a visitor came from.
func (c *contextValues) readCampaign(s *scanner) bool {
	c.medium, c.source = nil, nil
	return s.within(func(key []byte) bool {
		value, ok := s.taken()
		switch string(key) {
		case "medium":
			c.medium = unlessNull(value, c.medium)
		case "source":
			c.source = unlessNull(value, c.source)
		}
		return ok
	})
}

func unlessNull(value, otherwise []byte) []byte {
	if string(value) == "null" {
		return otherwise
	}
	return value
}
