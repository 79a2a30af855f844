// Package identity says who is who: which ids belong to one person, under which
// id that person is shown, and to which account they belong. It is a graph of
// what identify, alias, group and unlink messages said, and of nothing else, so
// that the log alone says who is who and any order of arrival gives the same
// people. The rules:
//
//  1. An identify with both ids links the anonymous id to the user, on the past
//     as well. An anonymous id belongs to the user of its earliest standing link
//     by (time, messageId); a device that several people share therefore never
//     merges two known people. An event that carries both ids is the user's and
//     links nothing.
//  2. An alias merges the user previousId with the user userId, both of them
//     known: some message carried each as its userId. Where previousId is an
//     anonymous id, the alias is a link of that id like an identify.
//  3. A person is shown under the target of the latest standing alias, by (time,
//     messageId), that names one of their ids as its target; without one, under
//     their user id; known by an anonymous id only, under that.
//  4. A person belongs to the account of the latest standing group message, by
//     (time, messageId), of any of their ids.
//  5. An unlink takes back what the message it names said: on the past as well,
//     whether it arrives after that message or before it, and for good; the same
//     ids are linked again by a new message.
//  6. An alias of an id with itself, and an alias whose previousId nobody ever
//     used, say nothing.
//  7. A forget takes ids out for good, by their numbers: nobody is found by them,
//     and what was said of them before, by whomever, is no longer said. The numbers
//     stay and are nobody's. The same id that comes again is a new customer. Alone
//     of all rows a forget acts on what came before it, not on what comes after.
package identity
