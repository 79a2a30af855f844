package history

import "fmt"

// Stages of the board, and the steps of each.
const (
	Stages        = 10
	StepsPerStage = 3
	FunnelSteps   = 6
)

// Names are the 40 event names: three to a stage of the board, then the six of
// the funnel, then four that belong to nothing.
var Names = [40]string{
	"Ad Clicked", "Search Landed", "Referral Opened",
	"Article Read", "Video Watched", "Webinar Joined",
	"Pricing Viewed", "Demo Requested", "Brochure Downloaded",
	"Signed Up", "Trial Started", "Invitation Accepted",
	"Profile Completed", "Data Connected", "Team Invited",
	"Report Created", "Alert Set", "Template Used",
	"Report Shared", "Comment Added", "Export Made",
	"Plan Chosen", "Quote Accepted", "Card Added",
	"Order Paid", "Contract Signed", "Invoice Settled",
	"Plan Upgraded", "Seat Added", "Add-on Bought",
	"Product Viewed", "Variant Selected", "Cart Filled", "Checkout Started", "Payment Entered", "Order Completed",
	"App Opened", "Notification Seen", "Ticket Opened", "Setting Changed",
}

// Channels are the ways customers come.
var Channels = [12]string{
	"search", "email", "social", "direct", "referral", "display", "video", "partner", "events", "phone", "store", "affiliate",
}

// Tiers are the values of the property "plan".
var Tiers = [5]string{"free", "basic", "team", "pro", "enterprise"}

// Currency of all money.
const Currency = "EUR"

// Groups are properties that the first event of the funnel carries besides:
// "group2" has two values, and so on.
var Groups = [4]int{1, 2, 5, 10}

// Group is the value of a group's property for a customer.
func Group(values int, customer uint32) string {
	return fmt.Sprintf("g%d", customer%uint32(values))
}

// Step is the code of a step's name on the board.
func Step(stage, step int) uint8 { return uint8(stage*StepsPerStage + step) }

// FunnelStep is the code of a step's name in the funnel.
func FunnelStep(step int) uint8 { return Stages*StepsPerStage + uint8(step) }

// firstOther is the first name that belongs to nothing.
const firstOther = Stages*StepsPerStage + FunnelSteps
