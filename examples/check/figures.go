package main

// figure is one number of one answer: a path into its JSON, and what it must
// be, to as many decimals as are written. Seconds are compared as days.
type figure struct{ name, path, want string }

// example is one data set: what its imports say, and what is measured on them.
type example struct {
	dir, data string
	imports   []importing
}

type importing struct {
	mapping  string
	figures  []figure            // of the import's summary
	journeys map[string][]figure // by file below dir, and more arguments of measure
}

var examples = []example{
	{"online_retail", "online_retail", []importing{
		{"mapping.yaml", []figure{
			{"lines", "sources.as=lines.rows", "541909"},
			{"lines without a customer, quarantined", "reasons.reason=import.no-id.count", "135080"},
			{"lines invoiced", "events.event=Line Invoiced.count", "397924"},
			{"lines cancelled", "events.event=Line Cancelled.count", "8905"},
		}, map[string][]figure{
			"customers.journey.yaml": {
				{"customers", "entered", "4372"},
				{"value of lines with a customer", "stages.id=line.value.currency=GBP.total", "8300065.81"},
			},
			"repeat.journey.yaml": {
				{"customers who bought", "entered", "4338"},
				{"share with two or more invoices", "stages.id=second.ofPrevious.rate", "0.6558"},
			},
		}},
		{"invoices.yaml", []figure{{"quarantined", "quarantined", "0"}}, map[string][]figure{
			"invoices.journey.yaml": {
				{"lines", "facts.events", "541909"},
				{"invoices", "entered", "25900"},
				{"value of all lines", "stages.id=invoice.value.currency=GBP.total", "9747747.93"},
			},
			"known-invoices.journey.yaml": {{"invoices with a customer", "entered", "22190"}},
		}},
	}},
	{"crm_sales_opportunities", "crm_sales_opportunities", []importing{
		{"mapping.yaml", []figure{
			{"deals", "sources.as=deals.rows", "8800"},
			{"won", "events.event=Deal Won.count", "4238"},
			{"lost", "events.event=Deal Lost.count", "2473"},
			{"engaged", "events.event=Deal Engaged.count", "8300"},
			{"prospecting, quarantined", "reasons.reason=import.no-time.count", "500"},
		}, map[string][]figure{
			"won.journey.yaml": {
				{"engaged", "entered", "8300"},
				{"won", "stages.id=won.reached", "4238"},
				{"won value", "stages.id=won.value.currency=USD.total", "10005534"},
				{"days from engaging to won, mean", "stages.id=won.time.meanSeconds", "51.78 days"},
				{"days from engaging to won, median", "stages.id=won.time.medianSeconds", "57 days"},
			},
			"closed.journey.yaml": {
				{"closed", "entered", "6711"},
				{"win rate of closed", "stages.id=won.ofPrevious.rate", "0.6315"},
			},
		}},
		{"accounts.yaml", []figure{{"deals without an account, quarantined", "reasons.reason=import.no-group-id.count", "1425"}}, nil},
	}},
	{"bpic2013_incidents", "process_logs", []importing{
		{"mapping.yaml", []figure{
			{"events", "sources.as=log.rows", "65533"},
			{"Accepted", "events.event=Accepted.count", "40117"},
			{"Completed", "events.event=Completed.count", "13867"},
			{"Queued", "events.event=Queued.count", "11544"},
			{"Unmatched", "events.event=Unmatched.count", "5"},
		}, map[string][]figure{
			"duration.journey.yaml": {
				{"cases", "entered", "7554"},
				{"days of a case, mean", "stages.id=ended.time.meanSeconds", "12.079 days"},
				{"days of a case, median", "stages.id=ended.time.medianSeconds", "7.549 days"},
			},
		}},
	}},
	{"cdnow", "cdnow", []importing{
		{"mapping.yaml", []figure{
			{"purchases of the sample", "sources.as=purchases.rows", "6919"},
			{"quarantined", "quarantined", "0"},
		}, map[string][]figure{
			"customers.journey.yaml": {
				{"customers of the sample", "entered", "2357"},
				{"their spending", "stages.id=bought.value.currency=USD.total", "244091.94"},
			},
			"repeat.journey.yaml --to 1997-09-30": {
				{"with a repeat in the first 39 weeks", "stages.id=repeat.reached", "946"},
			},
			"repeat.journey.yaml": {
				{"with a repeat in all 78 weeks", "stages.id=repeat.reached", "1139"},
				{"days from the first to the next, median", "stages.id=repeat.time.medianSeconds", "55 days"},
			},
		}},
		{"master.yaml", []figure{{"purchases", "sources.as=purchases.rows", "69659"}}, map[string][]figure{
			"customers.journey.yaml": {
				{"customers", "entered", "23570"},
				{"their spending", "stages.id=bought.value.currency=USD.total", "2500315.63"},
			},
			"repeat.journey.yaml": {{"with a repeat", "stages.id=repeat.reached", "11516"}},
		}},
	}},
	{"cookie_cats", "cookie_cats", []importing{
		{"mapping.yaml", []figure{{"players", "sources.as=players.rows", "90189"}}, map[string][]figure{
			"retention.journey.yaml --breakdown properties.version": {
				{"players", "entered", "90189"},
				{"with the gate at 30", "breakdown.value=gate_30.entered", "44700"},
				{"with the gate at 40", "breakdown.value=gate_40.entered", "45489"},
				{"gate at 30, back after 1 day", "breakdown.value=gate_30.stages.id=day-1.ofPrevious.rate", "0.448188"},
				{"gate at 40, back after 1 day", "breakdown.value=gate_40.stages.id=day-1.ofPrevious.rate", "0.442283"},
				{"gate at 30, back after 7 days", "breakdown.value=gate_30.stages.id=day-7.ofPrevious.rate", "0.190201"},
				{"gate at 40, back after 7 days", "breakdown.value=gate_40.stages.id=day-7.ofPrevious.rate", "0.182000"},
			},
		}},
	}},
	{"helpdesk_italian", "process_logs", []importing{
		{"mapping.yaml", []figure{
			{"events", "sources.as=log.rows", "21348"},
			{"Closed", "events.event=Closed.count", "4574"},
		}, map[string][]figure{
			"closed.journey.yaml": {
				{"events", "facts.events", "21348"},
				{"cases", "entered", "4580"},
				{"closed", "stages.id=closed.reached", "4559"},
				{"days to closed, mean", "stages.id=closed.time.meanSeconds", "40.831 days"},
				{"days to closed, median", "stages.id=closed.time.medianSeconds", "39.715 days"},
			},
			"resolved.journey.yaml": {
				{"taken in charge", "entered", "4285"},
				{"resolved after it", "stages.id=resolved.reached", "4277"},
				{"days to resolved, median", "stages.id=resolved.time.medianSeconds", "1.931 days"},
			},
		}},
	}},
	{"receipt_phase_wabo", "process_logs", []importing{
		{"mapping.yaml", []figure{{"events", "sources.as=log.rows", "8577"}}, map[string][]figure{
			"receipt.journey.yaml --breakdown channel": {
				{"events", "facts.events", "8577"},
				{"cases", "entered", "1434"},
				{"through the Internet", "breakdown.value=Internet.entered", "1250"},
				{"at the desk", "breakdown.value=Desk.entered", "109"},
				{"by post", "breakdown.value=Post.entered", "53"},
				{"by e-mail", "breakdown.value=e-mail.entered", "21"},
				{"from inside", "breakdown.value=Intern.entered", "1"},
				{"confirmation sent", "stages.id=sent.reached", "1300"},
				{"days to the confirmation, mean", "stages.id=sent.time.meanSeconds", "2.810 days"},
				{"days to the confirmation, median", "stages.id=sent.time.medianSeconds", "0.00397 days"},
			},
		}},
	}},
	{"hillstrom_email", "hillstrom_email", []importing{
		{"mapping.yaml", []figure{{"customers", "sources.as=customers.rows", "64000"}}, map[string][]figure{
			"test.journey.yaml --breakdown properties.segment": {
				{"customers", "entered", "64000"},
				{"men's e-mail", "breakdown.value=Mens E-Mail.entered", "21307"},
				{"women's e-mail", "breakdown.value=Womens E-Mail.entered", "21387"},
				{"no e-mail", "breakdown.value=No E-Mail.entered", "21306"},
				{"men's e-mail, visited", "breakdown.value=Mens E-Mail.stages.id=visited.ofStart.rate", "0.1828"},
				{"women's e-mail, visited", "breakdown.value=Womens E-Mail.stages.id=visited.ofStart.rate", "0.1514"},
				{"no e-mail, visited", "breakdown.value=No E-Mail.stages.id=visited.ofStart.rate", "0.1062"},
				{"men's e-mail, ordered", "breakdown.value=Mens E-Mail.stages.id=ordered.ofStart.rate", "0.01253"},
				{"women's e-mail, ordered", "breakdown.value=Womens E-Mail.stages.id=ordered.ofStart.rate", "0.00884"},
				{"no e-mail, ordered", "breakdown.value=No E-Mail.stages.id=ordered.ofStart.rate", "0.00573"},
				{"men's e-mail, spending", "breakdown.value=Mens E-Mail.stages.id=assigned.value.currency=USD.total", "30311.69"},
				{"women's e-mail, spending", "breakdown.value=Womens E-Mail.stages.id=assigned.value.currency=USD.total", "23038.11"},
				{"no e-mail, spending", "breakdown.value=No E-Mail.stages.id=assigned.value.currency=USD.total", "13908.33"},
			},
		}},
	}},
	{"telco_churn", "telco_churn", []importing{
		{"mapping.yaml", []figure{{"customers", "sources.as=customers.rows", "7043"}}, map[string][]figure{
			"churn.journey.yaml --breakdown traits.contract": {
				{"customers", "entered", "7043"},
				{"left", "stages.id=left.reached", "1869"},
				{"share that left", "stages.id=left.ofPrevious.rate", "0.2654"},
				{"share that leaves within 72 months", "stages.id=left.eventual.rate", "0.4072"},
				{"from month to month, left", "breakdown.value=Month-to-month.stages.id=left.ofPrevious.rate", "0.4271"},
				{"for one year, left", "breakdown.value=One year.stages.id=left.ofPrevious.rate", "0.1127"},
				{"for two years, left", "breakdown.value=Two year.stages.id=left.ofPrevious.rate", "0.0283"},
			},
		}},
	}},
	{"channel_attribution", "channel_attribution", []importing{
		{"mapping.yaml", []figure{
			{"paths", "sources.as=paths.rows", "10000"},
			{"touches of all walks", "events.event=Channel Touched.count", "378209"},
			{"conversions", "events.event=Converted.count", "19785"},
		}, map[string][]figure{
			"first.journey.yaml --breakdown channel": {
				{"walks", "entered", "88387"},
				{"conversions", "stages.id=converted.reached", "19785"},
				{"their value", "stages.id=converted.value.currency=.total", "74802.97"},
				{"conversions that alpha began", "breakdown.value=alpha.stages.id=converted.reached", "6308"},
				{"conversions that iota began", "breakdown.value=iota.stages.id=converted.reached", "4606"},
				{"conversions that eta began", "breakdown.value=eta.stages.id=converted.reached", "3164"},
				{"conversions that beta began", "breakdown.value=beta.stages.id=converted.reached", "2831"},
			},
			"last.journey.yaml --breakdown channel": {
				{"conversions", "stages.id=converted.reached", "19785"},
				{"conversions that alpha ended", "breakdown.value=alpha.stages.id=converted.reached", "8447"},
				{"conversions that iota ended", "breakdown.value=iota.stages.id=converted.reached", "3355"},
				{"conversions that eta ended", "breakdown.value=eta.stages.id=converted.reached", "4167"},
				{"conversions that lambda ended", "breakdown.value=lambda.stages.id=converted.reached", "1207"},
			},
		}},
	}},
}
