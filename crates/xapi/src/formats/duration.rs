//! Durations: ISO 8601:2004, section 4.4.3.2, the form with designators.

/// Whether the text is a duration in the form with designators (Data 4.6): weeks stand alone, the
/// smallest part alone may have a fraction, and the alternative form is refused.
pub fn is_duration(text: &str) -> bool {
    let Some(body) = text.strip_prefix('P') else {
        return false;
    };
    if let Some(weeks) = body.strip_suffix('W') {
        return is_number(weeks);
    }
    let (date, time) = match body.split_once('T') {
        Some((_, "")) => return false,
        Some((date, time)) => (date, time),
        None => (body, ""),
    };
    let Some(date_parts) = split_parts(date, "YMD") else {
        return false;
    };
    let Some(time_parts) = split_parts(time, "HMS") else {
        return false;
    };
    let numbers: Vec<&str> = date_parts.into_iter().chain(time_parts).collect();
    let Some((last, others)) = numbers.split_last() else {
        return false;
    };
    is_number(last) && others.iter().all(|number| is_whole(number))
}

/// Cuts `3Y1M` into its numbers; the designators must come in the given order, each once.
fn split_parts<'t>(mut text: &'t str, designators: &str) -> Option<Vec<&'t str>> {
    let mut numbers = Vec::new();
    let mut allowed = designators;
    while !text.is_empty() {
        let end = text.find(|c: char| c.is_ascii_alphabetic())?;
        let designator = text[end..].chars().next()?;
        let position = allowed.find(designator)?;
        allowed = &allowed[position + 1..];
        numbers.push(&text[..end]);
        text = &text[end + 1..];
    }
    Some(numbers)
}

fn is_whole(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    match text.split_once(['.', ',']) {
        Some((whole, fraction)) => is_whole(whole) && is_whole(fraction),
        None => is_whole(text),
    }
}

/// The duration with its seconds cut to hundredths, for comparisons (Data 4.6); other parts stay
/// as they are, since a duration is compared as text (Data 2.3.1).
pub fn truncated_to_hundredths(duration: &str) -> String {
    let Some((before, after)) = duration
        .strip_suffix('S')
        .and_then(|d| d.split_once(['.', ',']))
    else {
        return duration.to_owned();
    };
    let fraction = after.get(..2).unwrap_or(after).trim_end_matches('0');
    if fraction.is_empty() {
        format!("{before}S")
    } else {
        format!("{before}.{fraction}S")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for text in [
            "PT4H35M59.14S",
            "PT16559.14S",
            "P3Y1M29DT4H35M59.14S",
            "P3Y",
            "P4W",
            "PT1H0M0.1S",
            "PT0S",
            "P0D",
            "P1.5D",
            "PT1,5H",
            "P1M",
            "PT1M",
        ] {
            assert!(is_duration(text), "{text}");
        }
        for text in [
            "",
            "P",
            "PT",
            "P4W1D",
            "P1DT",
            "PA1H0M0S",
            "PT1H0.5M3S",
            "P1H",
            "PT1D",
            "P1D1Y",
            "PT1M1H",
            "P-1D",
            "-P1D",
            "PT1",
            "PTS",
            "P0003-06-04T12:30:05",
            "PT1.S",
            "pt1s",
            "P1Y1Y",
            "should fail",
            "PT1S ",
        ] {
            assert!(!is_duration(text), "{text}");
        }
    }

    #[test]
    fn precision_beyond_hundredths_is_cut() {
        let table = [
            ("PT1.005S", "PT1S"),
            ("PT1.239S", "PT1.23S"),
            ("PT1.2S", "PT1.2S"),
            ("PT1S", "PT1S"),
            ("P1.239D", "P1.239D"),
        ];
        for (before, after) in table {
            assert_eq!(truncated_to_hundredths(before), after);
        }
    }
}
