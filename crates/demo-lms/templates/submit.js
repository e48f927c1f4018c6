// Sends the one form of the page, as a platform does in a launch.
document.forms[0].submit();
